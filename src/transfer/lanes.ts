/** The one queue of all jobs: so many at a time, in the order in which they came, and never two of one key together. */
export class Lanes {
  #free: number;
  readonly #waiting: (() => void)[] = [];
  readonly #keys = new Map<string, Promise<void>>();

  constructor(lanes: number) {
    this.#free = lanes;
  }

  /** Waits for a lane; whoever gets one leaves it once. Rejects with the signal's reason. */
  async enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const take = () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(take), 1);
        reject(signal.reason);
      };
      this.#waiting.push(take);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free += 1;
  }

  /** As `alone`, where no other work of the key runs: the returned function ends it. Undefined where some does. */
  tryAlone(key: string): (() => void) | undefined {
    if (this.#keys.has(key)) return undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#keys.set(key, promise);
    return () => {
      this.#keys.delete(key);
      resolve();
    };
  }

  /** Runs the work when no other work of the same key runs; without a key at once. */
  async alone<T>(key: string | undefined, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (key === undefined) return work();
    for (let before = this.#keys.get(key); before; before = this.#keys.get(key)) {
      await orAborted(before, signal);
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#keys.set(key, promise);
    try {
      return await work();
    } finally {
      this.#keys.delete(key);
      resolve();
    }
  }
}

/** Rejects with the signal's reason when that comes first. */
function orAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    void promise.then(resolve).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** The one queue of all jobs: so many at a time, in the order in which they came, and never two of one key together. */
export class Lanes {
  #free: number;
  readonly #waiting: (() => void)[] = [];
  /** Who waits for the end of each key's work. */
  readonly #keys = new Map<string, (() => void)[]>();

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
    this.#keys.set(key, []);
    return () => this.#end(key);
  }

  /** Runs the work when no other work of the same key runs; without a key at once. */
  async alone<T>(key: string | undefined, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (key === undefined) return work();
    for (let line = this.#keys.get(key); line; line = this.#keys.get(key)) {
      const before = line;
      await orAborted(new Promise((resolve) => before.push(resolve)), signal);
    }
    this.#keys.set(key, []);
    try {
      return await work();
    } finally {
      this.#end(key);
    }
  }

  #end(key: string): void {
    const waiting = this.#keys.get(key);
    this.#keys.delete(key);
    for (const wake of waiting ?? []) wake();
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

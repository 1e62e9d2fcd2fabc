/** Bytes that the buffers of all transfers of the process may take together. Who gets none waits in line. */
export class MemoryBudget {
  readonly total: number;
  #free: number;
  readonly #waiting = new Set<() => void>();
  readonly #whole: MemoryBudget | undefined;

  /** `whole`: this one is a part of it, and what it gives out is taken from both. */
  constructor(totalBytes: number, whole?: MemoryBudget) {
    this.total = totalBytes;
    this.#free = totalBytes;
    this.#whole = whole;
  }

  get used(): number {
    return this.total - this.#free;
  }

  /** False when it does not fit now. What is reserved is released by exactly one `release` of the same size. */
  tryReserve(bytes: number): boolean {
    if (bytes > this.#free || this.#whole?.tryReserve(bytes) === false) return false;
    this.#free -= bytes;
    return true;
  }

  release(bytes: number): void {
    this.#free += bytes;
    this.#whole?.release(bytes);
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const callback of waiting) callback();
  }

  /** Calls back once, after the next release here or in the whole; the returned function takes it back. */
  onRelease(callback: () => void): () => void {
    let forgetInWhole: () => void = () => {};
    const forget = () => {
      this.#waiting.delete(once);
      forgetInWhole();
    };
    const once = () => {
      forget();
      callback();
    };
    this.#waiting.add(once);
    if (this.#whole) forgetInWhole = this.#whole.onRelease(once);
    return forget;
  }

  /** Resolves once the bytes are reserved. Rejects with the signal's reason. */
  async reserve(bytes: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      if (this.tryReserve(bytes)) return;
      await new Promise<void>((resolve) => {
        const done = () => {
          forget();
          signal.removeEventListener('abort', done);
          resolve();
        };
        const forget = this.onRelease(done);
        signal.addEventListener('abort', done, { once: true });
      });
    }
  }
}

/** Bytes that the buffers of all transfers of the process may take together. Who gets none waits in line. */
export class MemoryBudget {
  readonly total: number;
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(totalBytes: number) {
    this.total = totalBytes;
    this.#free = totalBytes;
  }

  get used(): number {
    return this.total - this.#free;
  }

  /** False when it does not fit now. What is reserved is released by exactly one `release` of the same size. */
  tryReserve(bytes: number): boolean {
    if (bytes > this.#free) return false;
    this.#free -= bytes;
    return true;
  }

  release(bytes: number): void {
    this.#free += bytes;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const callback of waiting) callback();
  }

  /** Calls back once, after the next release; the returned function takes it back. */
  onRelease(callback: () => void): () => void {
    this.#waiting.add(callback);
    return () => this.#waiting.delete(callback);
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

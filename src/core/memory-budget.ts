/** Bytes of a budget that are kept for one who needs them all at once. */
export interface Hold {
  /** Takes them, as `tryReserve` does, and ends the hold; false while there are not so many, or when it has ended. */
  reserve(): boolean;
  /** Lets others have them, and calls those who wait. Nothing happens the second time. */
  end(): void;
}

/** Bytes that the buffers of all transfers of the process may take together. Who gets none waits in line. */
export class MemoryBudget {
  readonly total: number;
  #free: number;
  readonly #waiting = new Set<() => void>();
  /** Kept for one who needs much at once. */
  #held = 0;
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
    if (bytes > this.#free - this.#held || this.#whole?.tryReserve(bytes) === false) return false;
    this.#free -= bytes;
    return true;
  }

  /**
   * Keeps so many bytes, of what is free and what is released, from all others until they are taken or it is ended, so that who needs
   * much at once is not passed by those who need little. Undefined where somebody does so already, or there is not so much at all.
   */
  hold(bytes: number): Hold | undefined {
    if (this.#held > 0 || bytes > this.total) return undefined;
    this.#held = bytes;
    let isHeld = true;
    const letGo = () => {
      isHeld = false;
      this.#held = 0;
    };
    return {
      reserve: () => {
        if (!isHeld) return false;
        letGo();
        const isReserved = this.tryReserve(bytes);
        if (!isReserved) {
          this.#held = bytes;
          isHeld = true;
        }
        return isReserved;
      },
      end: () => {
        if (!isHeld) return;
        letGo();
        this.#wake();
      },
    };
  }

  release(bytes: number): void {
    this.#free += bytes;
    this.#whole?.release(bytes);
    this.#wake();
  }

  /** Calls back once, after the next release here or in the whole, or the end of a hold; the returned function takes it back. */
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

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const callback of waiting) callback();
  }
}

/** Work that has begun and not ended. */
export class PendingWork {
  readonly #all = new Set<Promise<void>>();
  readonly #ended: () => void;

  /** `ended` is called after each end. */
  constructor(ended: () => void) {
    this.#ended = ended;
  }

  get size(): number {
    return this.#all.size;
  }

  /** Resolves when all that is pending now has ended; rejects with the first that fails. */
  async all(): Promise<void> {
    await Promise.all(this.#all);
  }

  add(work: Promise<void>): Promise<void> {
    this.#all.add(work);
    return work.finally(() => {
      this.#all.delete(work);
      this.#ended();
    });
  }
}

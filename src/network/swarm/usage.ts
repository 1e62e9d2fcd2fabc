/** How many channels a connection has open, in both directions, and since when it has none. */
export class Usage {
  #open = 0;
  /** On the monotonic clock. */
  #since = performance.now();

  opened(): void {
    this.#open += 1;
  }

  closed(): void {
    this.#open -= 1;
    this.touched();
  }

  /** It was used for something that needs no channel. */
  touched(): void {
    this.#since = performance.now();
  }

  /** Milliseconds for which no channel has been open. */
  idleMs(): number {
    return this.#open > 0 ? 0 : performance.now() - this.#since;
  }
}

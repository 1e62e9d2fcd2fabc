/** Places for so many at a time, and for so many of one source. A source is remembered for as long as it has one. */
export class SourcePlaces {
  readonly #most: number;
  readonly #mostOfOne: number;
  readonly #taken = new Map<string, number>();
  #all = 0;

  constructor(most: number, mostOfOne: number) {
    this.#most = most;
    this.#mostOfOne = mostOfOne;
  }

  /** Of one source. */
  taken(source: string): number {
    return this.#taken.get(source) ?? 0;
  }

  /** A place, with what gives it back (calling it again does nothing); undefined when there is none. */
  take(source: string): (() => void) | undefined {
    const taken = this.taken(source);
    if (this.#all >= this.#most || taken >= this.#mostOfOne) return undefined;
    this.#all += 1;
    this.#taken.set(source, taken + 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#giveBack(source);
    };
  }

  #giveBack(source: string): void {
    this.#all -= 1;
    const left = this.taken(source) - 1;
    if (left === 0) this.#taken.delete(source);
    else this.#taken.set(source, left);
  }
}

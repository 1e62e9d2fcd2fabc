/** Bytes that are held at a time, so many of all and so many of one source. A source is remembered for as long as it holds some. */
export class SourceBytes {
  readonly #most: number;
  readonly #mostOfOne: number;
  readonly #held = new Map<string, number>();
  #all = 0;

  constructor(most: number, mostOfOne: number) {
    this.#most = most;
    this.#mostOfOne = mostOfOne;
  }

  /** Of one source. */
  held(source: string): number {
    return this.#held.get(source) ?? 0;
  }

  /** True when there is room, which is taken by that until it is given back. */
  take(source: string, bytes: number): boolean {
    const held = this.held(source) + bytes;
    if (held > this.#mostOfOne || this.#all + bytes > this.#most) return false;
    this.#all += bytes;
    this.#held.set(source, held);
    return true;
  }

  /** No more than was taken. */
  giveBack(source: string, bytes: number): void {
    this.#all -= bytes;
    const left = this.held(source) - bytes;
    if (left === 0) this.#held.delete(source);
    else this.#held.set(source, left);
  }
}

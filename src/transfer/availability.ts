import type { Bitfield } from '../core/bitfield.ts';

/** How many sources have each leaf, counted as they say so. */
export class Availability {
  readonly #leaves: number;
  /** Sources that have all, and those that have a part. */
  #wholes = 0;
  #parts = 0;
  /** Of the parts; made when the first one comes. */
  #counts: Uint16Array | undefined;

  constructor(leaves: number) {
    this.#leaves = leaves;
  }

  /** Every source has everything. */
  get isUniform(): boolean {
    return this.#parts === 0;
  }

  of(leaf: number): number {
    return this.#wholes + (this.#counts?.[leaf] ?? 0);
  }

  joined(has: Bitfield | 'whole'): void {
    if (has === 'whole') this.#wholes += 1;
    else {
      this.#parts += 1;
      this.#counts ??= new Uint16Array(this.#leaves);
      for (const leaf of has) this.#counts[leaf]! += 1;
    }
  }

  /** `has`: as it stands when it goes. */
  left(has: Bitfield | 'whole'): void {
    if (has === 'whole') this.#wholes -= 1;
    else {
      this.#parts -= 1;
      if (this.#counts) for (const leaf of has) this.#counts[leaf]! -= 1;
    }
  }

  /** A source that had a part has these as well; or all, where it had said nothing yet. */
  more(leaves: readonly number[] | 'whole'): void {
    if (leaves === 'whole') {
      this.#parts -= 1;
      this.#wholes += 1;
      return;
    }
    if (this.#counts) for (const leaf of leaves) this.#counts[leaf]! += 1;
  }
}

import { Bitfield } from '../core/bitfield.ts';
import { PeerdexError } from '../core/errors.ts';

/** What one source says that it has of a content. Memory follows the content, not what the source says. */
export class SourceLeaves {
  #has: Bitfield | 'whole';
  #hasAnswered = false;
  /** It was taken to have all and has not. */
  isOnlyPart = false;

  /** `expectWhole`: it is taken to have all until it says otherwise; else to have nothing. */
  constructor(leaves: number, expectWhole: boolean) {
    this.#has = expectWhole ? 'whole' : new Bitfield(leaves);
  }

  get all(): Bitfield | 'whole' {
    return this.#has;
  }

  /** It has said nothing yet, and nothing is expected of it. */
  get isUndecided(): boolean {
    return !this.#hasAnswered && this.#has !== 'whole';
  }

  has(leaf: number): boolean {
    return this.#has === 'whole' || this.#has.has(leaf);
  }

  /** It says whether it has all. Returns what is new. Throws `unavailable` when it was taken to have all and has not. */
  answered(whole: boolean): 'whole' | undefined {
    if (this.#hasAnswered) return undefined;
    this.#hasAnswered = true;
    if (whole === (this.#has === 'whole')) return undefined;
    this.isOnlyPart = !whole;
    // What it was asked for before it said so would be refused leaf by leaf.
    if (!whole) throw new PeerdexError('unavailable', 'it has only a part of it so far');
    this.#has = 'whole';
    return 'whole';
  }

  /** Returns the leaves that are new. Throws `verification` for what it may not tell. */
  bitfield(first: number, bits: Uint8Array): number[] {
    return this.#partAround(first).addAll(first, bits);
  }

  /** As `bitfield`. */
  have(first: number, count: number): number[] {
    const part = this.#partAround(first + count - 1);
    const added: number[] = [];
    for (let leaf = first; leaf < first + count; leaf += 1) if (part.add(leaf)) added.push(leaf);
    return added;
  }

  #partAround(leaf: number): Bitfield {
    if (this.#hasAnswered && this.#has !== 'whole' && leaf < this.#has.length) return this.#has;
    throw new PeerdexError('verification', 'it tells of leaves that it cannot have');
  }
}

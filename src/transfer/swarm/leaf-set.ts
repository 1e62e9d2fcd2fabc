import { Bitfield } from '../../core/bitfield.ts';

/** A set of leaf numbers that is searched 32 at a time: choosing among 400,000 leaves takes microseconds. */
export class LeafSet {
  readonly length: number;
  readonly #words: Uint32Array;
  #count = 0;

  constructor(length: number) {
    this.length = length;
    this.#words = new Uint32Array(Math.ceil(length / 32));
  }

  static of(field: Bitfield): LeafSet {
    const set = new LeafSet(field.length);
    const { bytes } = field;
    for (let i = 0; i < bytes.length; i += 1) set.#words[i >> 2]! |= bytes[i]! << ((i & 3) * 8);
    set.#count = field.count;
    return set;
  }

  static full(length: number): LeafSet {
    return LeafSet.of(Bitfield.full(length));
  }

  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#count === this.length;
  }

  has(leaf: number): boolean {
    return (this.#words[leaf >>> 5]! & (1 << (leaf & 31))) !== 0;
  }

  /** True when it was not there before. */
  add(leaf: number): boolean {
    if (this.has(leaf)) return false;
    this.#words[leaf >>> 5]! |= 1 << (leaf & 31);
    this.#count += 1;
    return true;
  }

  /** True when it was there before. */
  delete(leaf: number): boolean {
    if (!this.has(leaf)) return false;
    this.#words[leaf >>> 5]! &= ~(1 << (leaf & 31));
    this.#count -= 1;
    return true;
  }

  clone(): LeafSet {
    const copy = new LeafSet(this.length);
    copy.#words.set(this.#words);
    copy.#count = this.#count;
    return copy;
  }

  toBitfield(): Bitfield {
    const bytes = new Uint8Array(Math.ceil(this.length / 8));
    for (let i = 0; i < bytes.length; i += 1) bytes[i] = this.#words[i >> 2]! >>> ((i & 3) * 8);
    return new Bitfield(this.length, bytes);
  }

  /**
   * Calls back with the leaves that are in this set and in none of `without`, upwards from `start` and round, until it returns
   * true or all were seen.
   */
  search(start: number, without: readonly LeafSet[], found: (leaf: number) => boolean): void {
    const words = this.#words.length;
    if (words === 0) return;
    const at = start >>> 5;
    const below = (1 << (start & 31)) - 1;
    for (let i = 0; i <= words; i += 1) {
      const word = at + i < words ? at + i : at + i - words;
      let rest = this.#words[word]!;
      for (let j = 0; j < without.length; j += 1) rest &= ~without[j]!.#words[word]!;
      if (i === 0) rest &= ~below;
      else if (i === words) rest &= below;
      while (rest !== 0) {
        const lowest = rest & -rest;
        if (found(word * 32 + 31 - Math.clz32(lowest))) return;
        rest ^= lowest;
      }
    }
  }

  *[Symbol.iterator](): Generator<number> {
    for (let leaf = 0; leaf < this.length; leaf += 1) if (this.has(leaf)) yield leaf;
  }
}

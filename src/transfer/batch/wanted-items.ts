import type { Pack } from './packs.ts';

/** Which contents of a batch are still wanted: neither refused, taken back nor acknowledged. */
export class WantedItems {
  readonly #wanted: Uint8Array;
  readonly #packOf: Uint16Array;
  /** Of each pack, how many are wanted. */
  readonly #left: Uint16Array;

  /** All that are in packs are wanted. `items`: how many the batch has. */
  constructor(items: number, packs: readonly Pack[]) {
    this.#wanted = new Uint8Array(items);
    this.#packOf = new Uint16Array(items);
    this.#left = Uint16Array.from(packs, (pack) => pack.items.length);
    for (const [pack, { items: own }] of packs.entries()) {
      for (const item of own) {
        this.#wanted[item] = 1;
        this.#packOf[item] = pack;
      }
    }
  }

  has(item: number): boolean {
    return this.#wanted[item] === 1;
  }

  /** Whether any is from `first` on, before `end`. */
  isAny(first: number, end: number): boolean {
    for (let item = first; item < end; item += 1) if (this.#wanted[item] === 1) return true;
    return false;
  }

  /** How many of this pack are. */
  left(pack: number): number {
    return this.#left[pack]!;
  }

  /** It is no more. Returns its pack where that was the last one of it. */
  delete(item: number): number | undefined {
    if (this.#wanted[item] !== 1) return undefined;
    this.#wanted[item] = 0;
    const pack = this.#packOf[item]!;
    this.#left[pack]! -= 1;
    return this.#left[pack] === 0 ? pack : undefined;
  }

  clear(): void {
    this.#wanted.fill(0);
    this.#left.fill(0);
  }
}

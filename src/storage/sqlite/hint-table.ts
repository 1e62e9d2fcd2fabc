import { randomInt } from 'node:crypto';

/**
 * Numbers by keys of 32 bits, in a flat array: a few bytes each, where a Map takes fifty. A key may have several numbers, and a number that
 * is not meant may stand under it: whoever asks looks for himself.
 */
export class HintTable {
  /** Pairs: a key, and its number less what all are above; 0 there: free. */
  readonly #pairs: Uint32Array;
  /** For the place of a pair, of its key and its number alike. */
  readonly #mask: number;
  readonly #above: number;
  #free: number;

  /** Holds `many` at least, each above the number `above` by less than 2^32. */
  constructor(many: number, above: number) {
    this.#above = above;
    const slots = 2 ** Math.ceil(Math.log2(Math.max(MOST_FULL * many, 1024)));
    this.#pairs = new Uint32Array(2 * slots);
    this.#mask = 2 * slots - 2;
    this.#free = Math.floor(slots / MOST_FULL);
  }

  /** How many more it takes. */
  get free(): number {
    return this.#free;
  }

  /** Of a key that has very many, the lowest goes. */
  add(key: number, number: number): void {
    const [pairs, mask] = [this.#pairs, this.#mask];
    const unsigned = key >>> 0;
    let at = slotOf(key) & mask;
    let [same, lowest] = [0, at];
    for (; pairs[at + 1] !== 0; at = (at + 2) & mask) {
      if (pairs[at] !== unsigned) continue;
      if (same === 0 || pairs[at + 1]! < pairs[lowest + 1]!) lowest = at;
      same += 1;
    }
    if (same >= MOST_OF_A_KEY) at = lowest;
    else this.#free -= 1;
    pairs[at] = key;
    pairs[at + 1] = number - this.#above;
  }

  /** With room for `more`, without numbers up to `above`. */
  withRoom(more: number, above: number): HintTable {
    const pairs = this.#pairs;
    const least = Math.max(0, above - this.#above);
    let kept = 0;
    for (let at = 1; at < pairs.length; at += 2) if (pairs[at]! > least) kept += 1;
    const table = new HintTable(Math.floor(1.5 * kept) + more, above);
    for (let at = 1; at < pairs.length; at += 2)
      if (pairs[at]! > least) table.add(pairs[at - 1]!, pairs[at]! + this.#above);
    return table;
  }

  /** Those of the key, and may be others, in ascending order. */
  of(key: number): readonly number[] {
    const [pairs, mask] = [this.#pairs, this.#mask];
    const unsigned = key >>> 0;
    let at = slotOf(key) & mask;
    while (pairs[at + 1] !== 0 && pairs[at] !== unsigned) at = (at + 2) & mask;
    if (pairs[at + 1] === 0) return NONE;
    const found: number[] = [];
    for (; pairs[at + 1] !== 0; at = (at + 2) & mask)
      if (pairs[at] === unsigned) found.push(pairs[at + 1]! + this.#above);
    return found.length < 2 ? found : found.sort((a, b) => a - b);
  }
}

/** All bits of a key count for where it stands. */
const slotOf = (key: number): number => (key ^ (key >>> 15)) << 1;

/** A third is free: the runs that have to be walked stay short. */
const MOST_FULL = 1.5;
const NONE: readonly number[] = [];

/** A content may lie in more places: these are enough to take it from. */
const MOST_OF_A_KEY = 64;

/** So that nobody who names files, or makes contents, can bring many under one key. Other ones at each start. */
const SEED = randomInt(2 ** 32);

/** A key of a text: FNV-1a over its UTF-16, http://www.isthe.com/chongo/tech/comp/fnv/ `before`: the key of what stands before it. */
export function keyOf(text: string, before = SEED): number {
  let key = before;
  for (let at = 0; at < text.length; at += 1) key = Math.imul(key ^ text.charCodeAt(at), 0x01000193);
  return key;
}

/** A key of 8 bytes that are spread evenly. */
export const keyOfPair = (a: number, b: number): number => Math.imul(a ^ SEED, 0x9e3779b1) + b;

/** Collects which grams which rows of one chunk have; to be used for one chunk after the other. Memory is bounded by `full`. */
export class GramTable {
  /** Two numbers a gram: characters by their places in the alphabet, 16 bits each. */
  #keys = new Int32Array(2 * FIRST_GRAMS);
  #last = new Int32Array(FIRST_GRAMS);
  #counts = new Int32Array(FIRST_GRAMS);
  #slots = new Int32Array(4 * FIRST_GRAMS);
  #grams = 0;
  readonly #blocks: Block[] = [];
  #pairs = 0;
  readonly #alphabet = new Map<number, number>();
  readonly #ascii = new Int32Array(128);
  #characters: string[] = [''];

  /** True when the next row belongs into another chunk. */
  get full(): boolean {
    return this.#pairs > MAX_PAIRS - MOST_OF_A_ROW || this.#characters.length > MAX_ALPHABET;
  }

  /** For the next chunk; what memory it took is used again. */
  clear(): void {
    this.#counts.fill(0);
    this.#slots.fill(0);
    this.#grams = 0;
    this.#pairs = 0;
    this.#alphabet.clear();
    this.#ascii.fill(0);
    this.#characters = [''];
  }

  /** A gram of a row below 65,536; rows come in rising order. */
  add(row: number, a: number, b: number, c: number): void {
    const gram = this.#gramOf((this.#letter(a) << 16) | this.#letter(b), this.#letter(c));
    if (this.#last[gram] === row) return;
    this.#last[gram] = row;
    this.#counts[gram]! += 1;
    const number = this.#pairs >>> BLOCK_BITS;
    this.#blocks[number] ??= { grams: new Int32Array(BLOCK), rows: new Uint16Array(BLOCK) };
    const { grams, rows } = this.#blocks[number];
    grams[this.#pairs % BLOCK] = gram;
    rows[this.#pairs % BLOCK] = row;
    this.#pairs += 1;
  }

  /** Every gram, in the order of their texts, with its rising rows. */
  *postings(): Generator<{ readonly gram: string; readonly rows: Uint16Array }, void> {
    const starts = new Int32Array(this.#grams + 1);
    for (let gram = 0; gram < this.#grams; gram += 1) starts[gram + 1] = starts[gram]! + this.#counts[gram]!;
    const next = starts.slice();
    const sorted = new Uint16Array(this.#pairs);
    for (let at = 0; at < this.#pairs; at += 1) {
      const { grams, rows } = this.#blocks[at >>> BLOCK_BITS]!;
      const gram = grams[at % BLOCK]!;
      sorted[next[gram]!] = rows[at % BLOCK]!;
      next[gram]! += 1;
    }
    const texts = Array.from({ length: this.#grams }, (_, gram) => this.#textOf(gram));
    const order = Int32Array.from(texts.keys()).sort((a, b) => (texts[a]! < texts[b]! ? -1 : 1));
    for (const gram of order) {
      yield { gram: texts[gram]!, rows: sorted.subarray(starts[gram]!, starts[gram + 1]!) };
    }
  }

  #letter(code: number): number {
    if (code === 0) return 0;
    const letter = code < 128 ? this.#ascii[code]! : (this.#alphabet.get(code) ?? 0);
    if (letter !== 0) return letter;
    const place = this.#characters.push(String.fromCodePoint(code)) - 1;
    if (code < 128) this.#ascii[code] = place;
    else this.#alphabet.set(code, place);
    return place;
  }

  #textOf(gram: number): string {
    const high = this.#keys[2 * gram]!;
    const characters = this.#characters;
    return characters[high >>> 16]! + characters[high & 0xffff]! + characters[this.#keys[2 * gram + 1]!]!;
  }

  #gramOf(high: number, low: number): number {
    const mask = this.#slots.length - 1;
    for (let at = hashOf(high, low) & mask; ; at = (at + 1) & mask) {
      const gram = this.#slots[at]! - 1;
      if (gram < 0) return this.#newGram(at, high, low);
      if (this.#keys[2 * gram] === high && this.#keys[2 * gram + 1] === low) return gram;
    }
  }

  #newGram(slot: number, high: number, low: number): number {
    if (this.#grams === this.#last.length) {
      this.#grow();
      return this.#gramOf(high, low);
    }
    const gram = this.#grams++;
    this.#keys[2 * gram] = high;
    this.#keys[2 * gram + 1] = low;
    this.#last[gram] = -1;
    this.#slots[slot] = gram + 1;
    return gram;
  }

  #grow(): void {
    this.#keys = doubled(this.#keys);
    this.#last = doubled(this.#last);
    this.#counts = doubled(this.#counts);
    this.#slots = new Int32Array(2 * this.#slots.length);
    const mask = this.#slots.length - 1;
    for (let gram = 0; gram < this.#grams; gram += 1) {
      let at = hashOf(this.#keys[2 * gram]!, this.#keys[2 * gram + 1]!) & mask;
      while (this.#slots[at] !== 0) at = (at + 1) & mask;
      this.#slots[at] = gram + 1;
    }
  }
}

/** Which row has which gram, one after the other. */
interface Block {
  readonly grams: Int32Array;
  readonly rows: Uint16Array;
}

function doubled(old: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(2 * old.length);
  grown.set(old);
  return grown;
}

function hashOf(high: number, low: number): number {
  const mixed = Math.imul(high ^ Math.imul(low, 0x9e3779b1), 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}

const FIRST_GRAMS = 16_384;
const BLOCK_BITS = 16;
const BLOCK = 2 ** BLOCK_BITS;
/** 24 MiB of pairs. */
const MAX_PAIRS = 4 * 2 ** 20;
/** A folded name can be some times longer than 255 bytes: one character may stand for up to 18. */
const MOST_OF_A_ROW = 32_768;
const MAX_ALPHABET = 60_000;

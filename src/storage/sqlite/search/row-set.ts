/**
 * Rows of one chunk, 65,536 at most, as bits, and how a posting stands in the database. Its first byte tells: 0, the distances between rising rows (the
 * first from -1, less one), 7 bits a byte, the lowest first, the eighth bit set where more follow; 1, one bit a row.
 */
export class RowSet {
  readonly rows: number;
  readonly words: Uint32Array;

  constructor(rows: number) {
    this.rows = rows;
    this.words = new Uint32Array((rows + 31) >>> 5);
  }

  static read(rows: number, posting: Uint8Array | undefined): RowSet {
    const set = new RowSet(rows);
    if (posting === undefined) return set;
    const { words } = set;
    if (posting[0] === BITS) {
      new Uint8Array(words.buffer).set(posting.subarray(1));
      return set;
    }
    for (let at = 1, row = -1; at < posting.length; at += 1) {
      let distance = posting[at]! & 0x7f;
      for (let shift = 7; posting[at]! >= 0x80; shift += 7) {
        at += 1;
        distance |= (posting[at]! & 0x7f) << shift;
      }
      row += distance + 1;
      words[row >>> 5]! |= 1 << (row & 31);
    }
    return set;
  }

  get empty(): boolean {
    for (let at = 0; at < this.words.length; at += 1) if (this.words[at] !== 0) return false;
    return true;
  }

  and(other: RowSet): this {
    for (let at = 0; at < this.words.length; at += 1) this.words[at]! &= other.words[at]!;
    return this;
  }

  or(other: RowSet): this {
    for (let at = 0; at < this.words.length; at += 1) this.words[at]! |= other.words[at]!;
    return this;
  }

  without(other: RowSet): this {
    for (let at = 0; at < this.words.length; at += 1) this.words[at]! &= ~other.words[at]!;
    return this;
  }

  /** Rising. */
  toArray(): Uint16Array {
    const { words } = this;
    const rows = new Uint16Array(this.rows);
    let length = 0;
    for (let at = 0; at < words.length; at += 1) {
      for (let word = words[at]!; word !== 0; word &= word - 1) {
        rows[length++] = at * 32 + 31 - Math.clz32(word & -word);
      }
    }
    return rows.subarray(0, length);
  }
}

/** Writes postings as they are stored, one after the other into the same memory. */
export class PostingWriter {
  #bytes = new Uint8Array(0);

  /** `rows` rise, the chunk has `all`. What it gives holds until the next one. */
  write(rows: Uint16Array, all: number): Uint8Array {
    const words = (all + 31) >>> 5;
    if (this.#bytes.length < 1 + 12 * words) this.#bytes = new Uint8Array(1 + 12 * words);
    if (rows.length < 4 * words) {
      const length = this.#distances(rows);
      if (length <= 1 + 4 * words) return this.#bytes.subarray(0, length);
    }
    const posting = this.#bytes.subarray(0, 1 + 4 * words).fill(0);
    posting[0] = BITS;
    for (const row of rows) posting[1 + (row >>> 3)]! |= 1 << (row & 7);
    return posting;
  }

  /** Three bytes a row at most. */
  #distances(rows: Uint16Array): number {
    const bytes = this.#bytes;
    bytes[0] = DISTANCES;
    let length = 1;
    let before = -1;
    for (const row of rows) {
      let distance = row - before - 1;
      for (; distance >= 0x80; distance >>>= 7) bytes[length++] = distance | 0x80;
      bytes[length++] = distance;
      before = row;
    }
    return length;
  }
}

const DISTANCES = 0;
const BITS = 1;

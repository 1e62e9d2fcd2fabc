/** A set of numbers from 0 to length - 1, one bit each; bit i is bit (i mod 8), lowest first, of byte i div 8. */
export class Bitfield {
  readonly length: number;
  readonly bytes: Uint8Array;
  #count: number;

  /** Without `bytes` empty. `bytes` is kept, not copied; bits past `length` are cleared. */
  constructor(length: number, bytes = new Uint8Array(Math.ceil(length / 8))) {
    if (bytes.byteLength !== Math.ceil(length / 8)) {
      throw new RangeError(
        `a bitfield of ${length} needs ${Math.ceil(length / 8)} bytes, not ${bytes.byteLength}`,
      );
    }
    this.length = length;
    this.bytes = bytes;
    const spare = bytes.byteLength * 8 - length;
    if (spare > 0) bytes[bytes.byteLength - 1]! &= 0xff >> spare;
    this.#count = bytes.reduce((sum, byte) => sum + ONES[byte]!, 0);
  }

  static full(length: number): Bitfield {
    return new Bitfield(length, new Uint8Array(Math.ceil(length / 8)).fill(0xff));
  }

  /** How many are in the set. */
  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#count === this.length;
  }

  has(i: number): boolean {
    return i >= 0 && i < this.length && (this.bytes[i >> 3]! & (1 << (i & 7))) !== 0;
  }

  /** True when it was not there before. Numbers outside the field are refused with a RangeError. */
  add(i: number): boolean {
    this.#check(i);
    if (this.has(i)) return false;
    this.bytes[i >> 3]! |= 1 << (i & 7);
    this.#count += 1;
    return true;
  }

  /** True when it was there before. */
  delete(i: number): boolean {
    this.#check(i);
    if (!this.has(i)) return false;
    this.bytes[i >> 3]! &= ~(1 << (i & 7));
    this.#count -= 1;
    return true;
  }

  /** The first number from `from` on that is not in the set, or -1. */
  nextMissing(from = 0): number {
    for (let i = from; i < this.length; i += 1) {
      if ((i & 7) === 0 && this.bytes[i >> 3] === 0xff) i += 7;
      else if (!this.has(i)) return i;
    }
    return -1;
  }

  /**
   * Takes over what `bits` has from number `first` on, a multiple of 8, and returns the numbers that are new. What lies past the
   * end of this field counts as nothing.
   */
  addAll(first: number, bits: Uint8Array): number[] {
    const added: number[] = [];
    const bytes = Math.min(bits.byteLength, this.bytes.byteLength - Math.floor(first / 8));
    for (let byte = 0; byte < bytes; byte += 1) {
      const fresh = bits[byte]! & ~this.bytes[first / 8 + byte]!;
      for (let bit = 0; fresh >> bit > 0; bit += 1) {
        const i = first + byte * 8 + bit;
        if ((fresh & (1 << bit)) !== 0 && i < this.length && this.add(i)) added.push(i);
      }
    }
    return added;
  }

  clone(): Bitfield {
    return new Bitfield(this.length, this.bytes.slice());
  }

  *[Symbol.iterator](): Generator<number> {
    for (let i = 0; i < this.length; i += 1) if (this.has(i)) yield i;
  }

  #check(i: number): void {
    if (!Number.isInteger(i) || i < 0 || i >= this.length)
      throw new RangeError(`${i} is outside 0..${this.length - 1}`);
  }
}

const ONES = Uint8Array.from({ length: 256 }, (_, byte) => {
  let ones = 0;
  for (let rest = byte; rest > 0; rest >>= 1) ones += rest & 1;
  return ones;
});

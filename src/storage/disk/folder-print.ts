/** Puts what a folder looks like into 64 bits: enough to tell one look from the next, no protection from who forges one. */
export class FolderPrint {
  #a = 0x2545f491;
  #b = 0x6c8e9cf5;

  text(text: string): void {
    for (let i = 0; i < text.length; i += 1) this.#mix(text.charCodeAt(i));
    this.#mix(0x10000 + text.length);
  }

  number(value: number): void {
    NUMBER[0] = value;
    this.#mix(WORDS[0]!);
    this.#mix(WORDS[1]!);
  }

  /** Signed. */
  finish(): bigint {
    return (BigInt(this.#a) << 32n) | BigInt(this.#b >>> 0);
  }

  #mix(word: number): void {
    const a = Math.imul(this.#a ^ word, 0x9e3779b1);
    this.#a = (a << 13) | (a >>> 19);
    const b = Math.imul(this.#b + word, 0x85ebca77);
    this.#b = b ^ (b >>> 15);
  }
}

const NUMBER = new Float64Array(1);
const WORDS = new Uint32Array(NUMBER.buffer);

import type { DatabaseSync } from 'node:sqlite';

/**
 * A mark of 31 bits for a content id, by which files are grouped before they are looked at. Ids come from others, unproved: so that
 * nobody can make ids that look alike here, it is a sum of products with secrets of this search index, modulo a prime. Two ids have the
 * same mark with a probability of 1 in 2^31, however they are chosen (multilinear hashing, Carter and Wegman 1979).
 */
export function contentMarks(search: DatabaseSync): (content: Uint8Array) => number {
  const secret = search.prepare('SELECT secret FROM source').get()!.secret as Uint8Array;
  const view = new DataView(secret.buffer, secret.byteOffset);
  const factors = Array.from({ length: HALF_WORDS }, (_, at) => view.getUint32(4 * at, true) % PRIME);
  return (content) => {
    // Below 2^51: 16 products of 16 by 31 bits, exact in a double.
    let sum = 0;
    for (let at = 0; at < HALF_WORDS; at += 1) {
      sum += factors[at]! * (content[2 * at]! * 256 + content[2 * at + 1]!);
    }
    return sum % PRIME;
  };
}

/** 16 bits each, of 32 bytes. */
const HALF_WORDS = 16;
const PRIME = 2 ** 31 - 1;

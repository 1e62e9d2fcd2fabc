import type { DatabaseSync } from 'node:sqlite';

/**
 * A mark of 32 bits for a content id, by which files are grouped before they are looked at. Ids come from others, unproved: so that nobody
 * can make ids that look alike here, it is a sum of products with a secret of this search index (multilinear hashing).
 */
export function contentMarks(search: DatabaseSync): (content: Uint8Array) => number {
  const secret = wordsOf(search.prepare('SELECT secret FROM source').get()!.secret as Uint8Array);
  return (content) => {
    let sum = 0;
    for (const [at, word] of wordsOf(content).entries()) sum = (sum + Math.imul(word, secret[at]! | 1)) | 0;
    sum = Math.imul(sum ^ (sum >>> 16), 0x7feb352d);
    return (sum ^ (sum >>> 15)) >>> 0;
  };
}

function wordsOf(bytes: Uint8Array): Uint32Array {
  const copy = new Uint8Array(32);
  copy.set(bytes.subarray(0, 32));
  return new Uint32Array(copy.buffer);
}

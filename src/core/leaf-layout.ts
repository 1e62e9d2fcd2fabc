import type { Bitfield } from './bitfield.ts';

/** The leaf is the unit that is hashed, verified, written and re-served. */
export const LEAF_BYTES = 256 * 1024;
export const GROUP_LEAVES = 64;
export const GROUP_BYTES = LEAF_BYTES * GROUP_LEAVES;
/** Contents larger than this are refused: 16 TiB keeps every leaf number in 26 bits and the manifest at 32 MiB. */
export const MAX_CONTENT_BYTES = 2 ** 44;

export const leafCount = (size: number): number => Math.ceil(size / LEAF_BYTES);
export const groupCount = (size: number): number => Math.ceil(size / GROUP_BYTES);
export const groupOfLeaf = (leaf: number): number => Math.floor(leaf / GROUP_LEAVES);
export const leafOffset = (leaf: number): number => leaf * LEAF_BYTES;

/** Bytes in the given leaf of a content of `size` bytes; only the last one may be short. */
export function leafBytes(size: number, leaf: number): number {
  return Math.min(LEAF_BYTES, size - leaf * LEAF_BYTES);
}

/** Bytes in the leaves that are there of a content of `size` bytes. */
export function bytesOf(size: number, have: Bitfield): number {
  const last = leafCount(size) - 1;
  const short = last >= 0 && have.has(last) ? LEAF_BYTES - leafBytes(size, last) : 0;
  return have.count * LEAF_BYTES - short;
}

/** First leaf and number of leaves of a group. */
export function groupLeaves(size: number, group: number): { first: number; count: number } {
  const first = group * GROUP_LEAVES;
  return { first, count: Math.min(GROUP_LEAVES, leafCount(size) - first) };
}

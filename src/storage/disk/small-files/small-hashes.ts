import { blake3 } from '../../../core/digest.ts';
import type { ContentId } from '../../../core/ids.ts';
import { contentIdOf, groupHash } from '../../../core/manifest.ts';

/** Leaf hash and group hash of these bytes, at most one leaf; undefined unless they are the content's. Of an empty one nothing. */
export function hashesOf(content: ContentId, bytes: Uint8Array): Uint8Array | undefined {
  const size = bytes.byteLength;
  const leaf = size === 0 ? NONE : blake3(bytes);
  const group = size === 0 ? NONE : groupHash(leaf);
  if (contentIdOf({ size, groups: group }) !== content) return undefined;
  return Buffer.concat([leaf, group]);
}

const NONE = new Uint8Array(0);

import type { ContentId } from '../../../core/ids.ts';
import { contentIdOf, hashSmall } from '../../../core/manifest.ts';

/** Leaf hash and group hash of these bytes, at most one leaf; undefined unless they are the content's. Of an empty one nothing. */
export function hashesOf(content: ContentId, bytes: Uint8Array): Uint8Array | undefined {
  const own = bytes.byteLength === 0 ? EMPTY : hashSmall(bytes);
  return own.content === content ? own.hashes : undefined;
}

const NOTHING = new Uint8Array(0);
const EMPTY = { content: contentIdOf({ size: 0, groups: NOTHING }), hashes: NOTHING };

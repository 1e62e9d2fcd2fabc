import type { ContentId } from '../../src/core/ids.ts';
import { LEAF_BYTES, leafBytes } from '../../src/core/leaf-layout.ts';
import { groupSlice, leafHash, type Manifest, ManifestBuilder } from '../../src/core/manifest.ts';
import { seededBytes } from '../harness/files.ts';

/** A content with all its hashes, in memory. */
export interface SampleContent {
  readonly id: ContentId;
  readonly size: number;
  readonly bytes: Uint8Array;
  readonly manifest: Manifest;
  leaf(n: number): Uint8Array;
  /** Leaf hashes of a group. */
  group(n: number): Uint8Array;
}

/** `size` in bytes; the same for the same seed. */
export const sampleContent = (size: number, seed = 1): SampleContent => contentOf(seededBytes(size, seed));

export function contentOf(bytes: Uint8Array): SampleContent {
  const size = bytes.byteLength;
  const builder = new ManifestBuilder(size);
  for (let at = 0; at < size; at += LEAF_BYTES) builder.add(leafHash(bytes.subarray(at, at + LEAF_BYTES)));
  const { content: id, manifest, leaves } = builder.finish();
  return {
    id,
    size,
    bytes,
    manifest,
    leaf: (n) => bytes.subarray(n * LEAF_BYTES, n * LEAF_BYTES + leafBytes(size, n)),
    group: (n) => groupSlice(leaves, n),
  };
}

import type { LeafBuffers } from '../core/leaf-buffers.ts';
import { leafBytes } from '../core/leaf-layout.ts';
import type { HashStore } from '../core/ports/local-contents.ts';
import type { Partial } from '../core/ports/partial.ts';
import { LeafHashes } from './leaf-hashes.ts';

/** Hashes again what another boot left in doubt; what is right counts as had, the rest is fetched anew. */
export async function confirmDoubtful(
  partial: Partial,
  store: HashStore,
  buffers: LeafBuffers,
  signal: AbortSignal,
): Promise<void> {
  if (partial.doubtful.length === 0) return;
  const hashes = new LeafHashes(partial.content, store);
  const buffer = buffers.take();
  try {
    for (const leaf of partial.doubtful) {
      signal.throwIfAborted();
      const bytes = buffer.subarray(0, leafBytes(partial.size, leaf));
      await partial.read(leaf, bytes);
      if (hashes.verify(leaf, bytes)) await partial.confirm(leaf);
    }
  } finally {
    buffers.give(buffer);
  }
}

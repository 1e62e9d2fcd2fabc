import type { ContentId, PeerId } from '../../core/ids.ts';
import type { LeafBuffers } from '../../core/leaf-buffers.ts';
import type { ManyLocalContents } from '../../core/ports/local-contents.ts';
import type { SmallFiles } from '../../core/ports/small-files.ts';

/** Leaves in the buffer that a batch comes into. */
export const SLAB_LEAVES = 8;

/** What the fetching of many small files needs beside what every download does. */
export interface SmallParts {
  readonly files: SmallFiles;
  readonly contents: Pick<ManyLocalContents, 'locateEach' | 'recordManyWritten'>;
  /** Buffers of SLAB_LEAVES, in memory that threads share. */
  readonly slabs: LeafBuffers;
  /** Active peers that hold each of these contents whole, in their order. */
  readonly holdersOfEach: (contents: readonly ContentId[]) => readonly (readonly PeerId[])[];
}

import type { ContentId } from '../ids.ts';
import type { Manifest } from '../manifest.ts';
import type { FileLook } from './local-file-store.ts';
import type { SmallHashes } from './small-files.ts';

/** A file of this machine whose content is known, and how it looked when it was hashed. */
export interface LocalFile {
  readonly content: ContentId;
  /** Absolute path of the share, or of the folder that holds a file outside every share. */
  readonly root: string;
  /** Path below `root` as the file system spells it, `/` between components. */
  readonly relative: string;
  readonly size: number;
  /** Nanoseconds since 1970. */
  readonly mtime: bigint;
  readonly device: bigint;
  readonly inode: bigint;
}

/** What is needed of a LocalFile to read it. */
export type FilePlace = Pick<LocalFile, 'root' | 'relative' | 'size' | 'mtime'>;

/** Hashes of contents, of those that lie here and of those that are on their way. */
export interface HashStore {
  manifest(content: ContentId): Manifest | undefined;
  /** Leaf hashes of one group, one after the other. */
  leaves(content: ContentId, group: number): Uint8Array | undefined;
  /** Keeps hashes that were verified. */
  putManifest(content: ContentId, manifest: Manifest): void;
  putLeaves(content: ContentId, group: number, leaves: Uint8Array): void;
}

/** A HashStore that can be kept small. */
export interface HashKeeper extends HashStore {
  /** Contents above `after` in their order whose manifest was kept before `before` (milliseconds since 1970). */
  older(before: number, after: ContentId, limit: number): readonly ContentId[];
  drop(content: ContentId): void;
}

/** A file of one leaf at most that peerdex wrote and verified itself. */
export interface WrittenFile {
  readonly content: ContentId;
  /** Below the root. */
  readonly relative: string;
  readonly look: FileLook;
  readonly hashes: SmallHashes;
}

/** What of the network's contents lies on this machine. */
export interface LocalContents {
  /** Every place where the content should be; whoever opens one checks that it still looks so. */
  locate(content: ContentId): readonly LocalFile[];
  /**
   * A file that peerdex wrote and verified itself: it is not hashed again. In a share it enters the log at once; elsewhere it is
   * remembered and serves while unchanged.
   */
  recordWritten(file: LocalFile & { readonly executable: boolean }): void;
  /** A file that no longer looks as remembered: it is looked at again now, and withdrawn if it changed. */
  suspect(file: LocalFile): void;
}

/** The same for many contents at a time. */
export interface ManyLocalContents {
  /** As `locate`, in their order. */
  locateEach(contents: readonly ContentId[]): readonly (readonly LocalFile[])[];
  /** One of the places of each, in their order: in half the time where they are neighbours in their folders. */
  placeOfEach(contents: readonly ContentId[]): readonly (FilePlace | undefined)[];
  /** As `recordWritten`, for files of one root, with their hashes. */
  recordManyWritten(root: string, files: readonly WrittenFile[]): void;
}

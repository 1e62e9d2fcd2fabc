import type { EntryKind } from '../entry.ts';
import type { ContentId } from '../ids.ts';
import type { FilePlace, LocalFile } from './local-contents.ts';
import type { SmallHashes } from './small-files.ts';

/** A file outside the shares that peerdex wrote; of one leaf at most with its hashes, where they stand nowhere else. */
export interface WrittenPlace extends LocalFile {
  readonly hashes?: SmallHashes | undefined;
}

/** What tells one folder of a machine from another. */
export interface FolderIdentity {
  readonly device: bigint;
  /** 0: the file system keeps none. */
  readonly inode: bigint;
}

/** True unless two files are told apart by their inodes. */
export const sameInode = (a: { readonly inode: bigint }, b: { readonly inode: bigint }): boolean =>
  a.inode === b.inode || a.inode === 0n || b.inode === 0n;

/** What tells the root of a share from another folder at the same place. */
export interface RootIdentity extends FolderIdentity {
  /** When the folder was made, nanoseconds since 1970; absent where the file system does not tell. */
  readonly birth?: bigint | undefined;
  /** What its marker file says, 32 hex digits; absent without one. */
  readonly marker?: string | undefined;
}

/** A shared folder. The counts are of its files whose content is known. */
export interface ShareRecord {
  readonly id: number;
  readonly name: string;
  /** Absolute, without links. */
  readonly path: string;
  /** The folder that the last pass saw there. */
  readonly root?: RootIdentity | undefined;
  /** Neither scanned nor offered; what was known of it waits. */
  readonly paused: boolean;
  readonly files: number;
  readonly bytes: number;
}

/** How a file looks from outside. */
export interface FileLook extends FolderIdentity {
  /** Bytes; 0 for a folder. */
  readonly size: number;
  /** Nanoseconds since 1970; 0 for a folder. */
  readonly mtime: bigint;
  readonly executable: boolean;
}

/**
 * `settled`: nothing to do. `pending`: waits to be hashed. `deferred`: could not be hashed now, waits for the next pass.
 * `gone`: no longer there, remembered for a while so that it is recognised under another name. `rotten`: looks as it did and has
 * other bytes; `content` is what it should be.
 */
export type LocalState = 'settled' | 'pending' | 'deferred' | 'gone' | 'rotten';

/** A file or folder as the scanner saw it last. */
export interface LocalEntry extends FileLook {
  readonly share: number;
  /** Folder below the share's root as the file system spells it, '' for the root. */
  readonly parent: string;
  /** As the file system spells it, which may differ from the index name in its Unicode form. */
  readonly name: string;
  readonly kind: EntryKind;
  readonly content?: ContentId | undefined;
  /** Milliseconds since 1970; 0 when it never was. For one that is gone, when that was noticed. */
  readonly stamp: number;
  readonly state: LocalState;
}

/** What waits to be hashed. */
export interface PendingFile {
  readonly id: number;
  readonly share: number;
  readonly parent: string;
  readonly name: string;
  readonly size: number;
  readonly mtime: bigint;
}

/** An entry with its row's number. */
export type NumberedEntry = LocalEntry & { readonly id: number };

/** What the scanner remembers of this machine's folders. */
export interface LocalFileStore {
  shares(): readonly ShareRecord[];
  /** Throws `conflict` when the name or the path is taken. */
  addShare(name: string, path: string): ShareRecord;
  setRoot(share: number, root: RootIdentity): void;
  setPaused(share: number, paused: boolean): void;
  /** The share must be empty by then. */
  removeShare(share: number): void;

  get(share: number, parent: string, name: string): LocalEntry | undefined;
  byId(id: number): LocalEntry | undefined;
  put(entry: LocalEntry): void;
  /** As `put`, by one who has read in the same transaction that `before` stands at its place. */
  replace(before: LocalEntry | undefined, entry: LocalEntry): void;
  remove(share: number, parent: string, name: string): void;
  /** What was seen directly in a folder, without what is gone. */
  directory(share: number, parent: string): readonly LocalEntry[];
  /** Some of what lies below a folder, at any depth, without what is gone. */
  below(share: number, folder: string, limit: number): readonly LocalEntry[];

  /** By rising id, those above `after`. */
  pending(share: number, limit: number, after?: number): readonly PendingFile[];
  /** How much waits. */
  waiting(share: number): { readonly files: number; readonly bytes: number };
  /** Settled files and folders behind a row, in the order of their rows. */
  settledAfter(share: number, id: number, limit: number): readonly NumberedEntry[];
  /** Makes what was deferred pending again; how many. */
  retryDeferred(share: number): number;
  /** Removes at most `limit` of those gone since before `before`, or with `all` of everything; how many. */
  forget(share: number, limit: number, which: { readonly goneBefore: number } | 'all'): number;

  /** A settled or gone file that looks exactly so, under whatever name, whose content is known. */
  sameLook(look: FileLook): LocalEntry | undefined;
  /** Files in shares that have this content; not what is gone or rotten. */
  byContent(content: ContentId): readonly LocalEntry[];

  /** Files outside the shares that peerdex wrote. Beyond `keep` of them the oldest go. */
  putWritten(files: readonly WrittenPlace[], now: number, keep: number): void;
  removeWritten(root: string, relative: string): void;
  written(content: ContentId): readonly LocalFile[];
  /** The hashes that came with one of them, and its size. */
  writtenHashes(content: ContentId): { readonly size: number; readonly hashes: SmallHashes } | undefined;

  /** What `byContent` (but for shares that are paused) and `written` know of each of these contents, in their order: 64 each of one at most. */
  placesOf(contents: readonly ContentId[]): readonly (readonly LocalFile[])[];
  /** One of them, of each. */
  placeOfEach(contents: readonly ContentId[]): readonly (FilePlace | undefined)[];
}

import type { ContentId } from '../ids.ts';
import type { FilePlace } from './local-contents.ts';
import type { FileLook } from './local-file-store.ts';

/** A file that was not read from the first of its places. */
export interface SmallMiss {
  /** Which of the reads, and which of its files. */
  readonly read: number;
  readonly file: number;
  /** Which of its places was read; undefined when none could be. */
  readonly place: number | undefined;
  /** Of the places before that one, or of all: the system's code, or `changed`. */
  readonly problems: readonly string[];
}

/** Files that are read into one buffer, one after the other. */
export interface SmallReads {
  /** Each file may lie in several places, all of one size. */
  readonly files: readonly (readonly FilePlace[])[];
  /** Shared memory, as long as all files together or longer. */
  readonly buffer: Uint8Array;
}

/** A small thing that is to stand below a folder; without content a folder. */
export interface SmallWant {
  readonly relative: string;
  readonly size: number;
  readonly content?: ContentId | undefined;
}

/** Leaf hash and group hash of a content of one leaf, 32 bytes each; empty for an empty one. */
export type SmallHashes = Uint8Array;

/** What stands where something is to go: nothing; it itself, looked at and hashed; or something else. */
export type SmallStanding =
  | { readonly stands: 'nothing' | 'other' }
  | { readonly stands: 'same'; readonly look: FileLook; readonly hashes: SmallHashes }
  /** A folder that was wanted is there now; `isNew`: it was not before, and nothing stands in it. */
  | { readonly stands: 'folder'; readonly isNew: boolean }
  | { readonly stands: 'failed'; readonly code: string; readonly message: string };

export interface SmallWrite {
  readonly relative: string;
  readonly content: ContentId;
  readonly size: number;
  /** Where its bytes begin in the buffer. */
  readonly offset: number;
  /** Nanoseconds since 1970. */
  readonly mtime: bigint | undefined;
  readonly executable: boolean;
}

export type SmallWritten =
  | { readonly outcome: 'written'; readonly look: FileLook; readonly hashes: SmallHashes }
  /** The bytes are not those of the content: nothing was written. */
  | { readonly outcome: 'wrong' }
  /** Something stands there. */
  | { readonly outcome: 'taken' }
  | { readonly outcome: 'failed'; readonly code: string; readonly message: string };

/** Reads and writes many small files in threads of its own; one at a time is open in each. */
export interface SmallFiles {
  /** Resolves when all are read; with those that were not read from their first place, mostly none. */
  read(reads: readonly SmallReads[]): Promise<readonly SmallMiss[]>;
  /** Looks at what stands below `root`, which is there, and makes the folders that are wanted. */
  look(root: string, wants: readonly SmallWant[]): Promise<readonly SmallStanding[]>;
  /**
   * Verifies each content, writes it beside its place, flushes it and gives it its name; missing folders are made. With `overwrite`
   * a file that stands there is replaced. `buffer`: shared memory.
   */
  write(
    root: string,
    buffer: Uint8Array,
    files: readonly SmallWrite[],
    overwrite: boolean,
  ): Promise<readonly SmallWritten[]>;
}

import type { EntryKind } from '../entry.ts';
import type { ContentId } from '../ids.ts';
import type { Manifest } from '../manifest.ts';
import type { FileLook } from './local-file-store.ts';

/** One file or folder that a walk came by. */
export interface WalkedItem extends FileLook {
  /** As the file system spells it. */
  readonly name: string;
  readonly kind: EntryKind;
}

/** Something in a folder that is not shared, and why. */
export interface WalkProblem {
  readonly kind: 'unreadable' | 'not-utf8' | 'special' | 'data-folder' | 'key' | 'secret';
  /** Below the root. */
  readonly relative: string;
  readonly detail: string;
}

/** One folder of a walk. */
export interface Listing {
  /** Below the root, '' for the root itself. */
  readonly relative: string;
  readonly items: readonly WalkedItem[];
  /** Symbolic links, which are not followed. */
  readonly links: number;
  readonly problems: readonly WalkProblem[];
  /** False: the folder could not be read, and nothing is known of what lies in it. */
  readonly complete: boolean;
}

/** What hashing one file came to. */
export type HashOutcome =
  | {
      readonly outcome: 'hashed';
      readonly content: ContentId;
      readonly manifest: Manifest;
      /** Every leaf hash, one after the other. */
      readonly leaves: Uint8Array;
      /** As the file looked before and after. */
      readonly look: FileLook;
      /** Milliseconds since 1970 when reading began. */
      readonly at: number;
    }
  /** It changed while it was read. */
  | { readonly outcome: 'changed' }
  /** It was not read, because it may still be written. */
  | { readonly outcome: 'young'; readonly look: FileLook }
  /** `code`: the system's, or a PeerdexError's. */
  | { readonly outcome: 'failed'; readonly code: string; readonly message: string };

/** Hashes files off the thread that asks. */
export interface Hasher {
  /** `relative`: files below `root`, as the file system spells them. Answers in the same order. */
  hash(
    root: string,
    relative: readonly string[],
    signal?: AbortSignal,
    manner?: HashManner,
  ): Promise<readonly HashOutcome[]>;
}

export interface HashManner {
  /** Of each file: what it must be to be read. */
  readonly still?: readonly Still[];
  /** Most bytes a second. */
  readonly rate?: number;
}

export interface Still {
  /** Milliseconds for which it must have been as it is; a large one longer, see `stillMsOf`. */
  readonly ms: number;
  /** How it looked so long ago, where that is known. */
  readonly seen: FileLook | undefined;
}

/** A large file is cheap to wait for and dear to read in vain. Milliseconds. */
export const stillMsOf = (ms: number, size: number): number =>
  Math.min(ms * (1 + size / 2 ** 30), Math.max(ms, LONGEST_STILL_MS));

const LONGEST_STILL_MS = 30_000;

import type { Bitfield } from '../bitfield.ts';
import type { ContentId } from '../ids.ts';
import type { LocalFile } from './local-contents.ts';

/** Where a finished content goes. */
export interface Destination {
  /** Absolute, there already; nothing is ever written outside it. */
  readonly root: string;
  /** Below the root, `/` between components, every component a checked plain name. */
  readonly relative: string;
}

/** A content on its way: a sparse file beside its destination and the record of which leaves it has. */
export interface Partial {
  readonly content: ContentId;
  readonly size: number;
  /** Leaves that are written and verified. Changed by `write` and `confirm` alone. */
  readonly have: Bitfield;
  /** Leaves that were claimed and not flushed before another boot: they count only once they were hashed again. */
  readonly doubtful: readonly number[];
  /** Writes a verified leaf and then its bit; resolves when both are written (not flushed). Throws `no-space`, `failed`. */
  write(leaf: number, bytes: Uint8Array): Promise<void>;
  /** Fills `buffer` with the leaf as it stands on disk. */
  read(leaf: number, buffer: Uint8Array): Promise<void>;
  /** Takes a doubtful leaf as had, after its hash was found right. */
  confirm(leaf: number): Promise<void>;
  /** Stops writing and keeps everything for the next time, except where that is a single leaf. */
  close(): Promise<void>;
  /**
   * Flushes and gives the whole content its name; nothing of it remains under the partial's. Throws `conflict` when something
   * stands there and `overwrite` is not set, or when a folder stands there. `look`: how it is to look, where that is known.
   */
  finish(overwrite: boolean, look?: WantedLook): Promise<LocalFile>;
  /** Removes all that was fetched. */
  discard(): Promise<void>;
}

/** How a file is to look. */
export interface WantedLook {
  /** Nanoseconds since 1970. */
  readonly mtime?: bigint | undefined;
  readonly executable?: boolean | undefined;
}

export interface PartialStore {
  /** Throws `no-space` when the root's file system has not so many bytes free beside what open partials miss. */
  checkSpace(root: string, bytes: number): Promise<void>;
  /** Bytes that partials have already, by content; without those of which nothing is known any more. */
  kept(): Promise<ReadonlyMap<ContentId, number>>;
  /** Which leaves the content's partial claims to have, without opening it; undefined where nothing is known of one. */
  leaves(content: ContentId): Promise<Bitfield | undefined>;
  /**
   * Opens the content's partial for this destination, or goes on with the one that is there; makes the folders that it needs.
   * Throws `no-space` when what is missing, with what other open partials miss, does not fit.
   */
  open(content: ContentId, size: number, destination: Destination): Promise<Partial>;
  /**
   * Removes the partial of a content that nobody wants any more; nothing happens when there is none. `at`: where it went, for a kill may
   * have left one there of which nothing is known, as of a single leaf.
   */
  discard(content: ContentId, at?: Destination): Promise<void>;
}

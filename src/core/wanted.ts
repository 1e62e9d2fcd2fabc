import type { EntryKind } from './entry.ts';
import type { PeerdexError } from './errors.ts';
import type { ContentId, PeerId } from './ids.ts';
import type { IndexPath } from './index-path.ts';

/** One thing that a job has to put on disk. */
export interface WantedItem {
  /** Where it goes below the destination folder, `/` between components, every component a checked plain name. */
  readonly relative: string;
  readonly kind: EntryKind;
  /** Bytes; 0 for a folder. */
  readonly size: number;
  /** Absent for folders. */
  readonly content?: ContentId | undefined;
  /** How a file is to look, where that is known: nanoseconds since 1970, and whether it may be run. */
  readonly mtime?: bigint | undefined;
  readonly executable?: boolean | undefined;
  /** Whose entry it is, where that was asked for. */
  readonly origin?: { readonly owner: PeerId; readonly path: IndexPath } | undefined;
}

/** What one WHAT of `get` came to. */
export interface Wanted {
  /** As typed. */
  readonly what: string;
  /**
   * `file`: one file under its bare name. `files`: the matches of a pattern with one `*`, each under its bare name.
   * `tree`: a folder, kept under its own name.
   */
  readonly kind: 'file' | 'files' | 'tree';
  readonly items: readonly WantedItem[];
  /** Names among the matches of a pattern that different files bear: none of those is in `items`. */
  readonly clashes?: readonly WantedClash[];
}

export interface WantedClash {
  /** Of a folder it ends in `/`. */
  readonly name: string;
  /** Of code `ambiguous`, with what could be meant. */
  readonly error: PeerdexError;
}

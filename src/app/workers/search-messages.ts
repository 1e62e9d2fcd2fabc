import type { PeerId } from '../../core/ids.ts';
import type { FileFilter } from '../../core/ports/name-search.ts';
import type { Matches } from '../../index/find.ts';

/** What the threads of the search are started with. */
export interface SearchSetup {
  /** The peer's database file. */
  readonly peer: string;
  /** That of the search index. */
  readonly search: string;
}

export type SearchRequest =
  | {
      readonly id: number;
      readonly parts: readonly string[];
      readonly filter: FileFilter;
      /** Whose files are wanted; absent: everybody's in `holders`. */
      readonly owners?: readonly PeerId[];
      /** Whose holdings are told; absent: as in the request before. */
      readonly holders?: readonly PeerId[];
      readonly limit: number;
      readonly offset: number | undefined;
    }
  | { readonly cancel: number };

export type SearchReply =
  | { readonly id: number; readonly matches: Matches }
  | { readonly id: number; readonly cancelled: true }
  /** `damaged`: the search index cannot be read any more. */
  | { readonly id: number; readonly problem: string; readonly damaged: boolean };

/** What the thread that builds is started with. `anew`: what is there is damaged. */
export interface BuildSetup extends SearchSetup {
  readonly anew: boolean;
}

/** The last number of `entries` that is in the index; or that it is damaged. */
export type SearchBuilt = { readonly upTo: number } | { readonly damaged: string };

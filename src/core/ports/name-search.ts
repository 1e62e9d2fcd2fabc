import type { ContentId, PeerId } from '../ids.ts';
import type { IndexPath } from '../index-path.ts';

/** What a file has to be beside its name. Absent: anything. */
export interface FileFilter {
  /** Bytes, both included. */
  readonly minSize?: number | undefined;
  readonly maxSize?: number | undefined;
  /** Milliseconds since 1970: modified then or later. */
  readonly newer?: number | undefined;
  /** Milliseconds since 1970: modified before. */
  readonly older?: number | undefined;
  /** The name ends in one of these after a dot; folded as names are. */
  readonly extensions?: readonly string[] | undefined;
}

export interface SearchQuery extends FileFilter {
  /** All occur in the name; folded, none empty. */
  readonly parts: readonly string[];
  /** Only files of these owners. */
  readonly owners: ReadonlySet<PeerId>;
}

/** A live file. */
export interface Candidate {
  readonly owner: PeerId;
  readonly path: IndexPath;
  readonly size: number;
  /** Milliseconds since 1970, whole. */
  readonly modified: number;
  readonly content: ContentId;
  /** Its name without case and accents, see foldName. */
  readonly folded: string;
  /** How many files of that content fit, as far as the search has counted. */
  readonly copies?: number;
}

/** Files that fit; there may be none, where others may come. */
export interface Candidates {
  readonly entries: readonly Candidate[];
  /** True when what comes after them fits no better, as far as an index can tell. */
  readonly ranked: boolean;
}

/** Searches live files by name. */
export interface NameSearch {
  /** Every file that fits, in pieces that each take some milliseconds; those in no order first. Whoever has enough stops. */
  candidates(query: SearchQuery): Iterable<Candidates>;
}

import type { ContentId, PeerId } from '../core/ids.ts';
import { foldName } from '../core/index-path.ts';
import type { ContentPlace, EntryQueries, Owners } from '../core/ports/entry-store.ts';
import type { Candidate, NameSearch, SearchQuery } from '../core/ports/name-search.ts';
import { pause } from './network-view.ts';
import { RankedMatches } from './ranked-matches.ts';

/** One content that bears a name with every word. */
export interface Match {
  /** The best match among its paths. */
  readonly best: Candidate;
  /** Owners that are wanted and list it, one path each. */
  readonly holders: ReadonlyMap<PeerId, string>;
}

export interface Matches {
  readonly results: readonly Match[];
  /** Contents that fit. */
  readonly total: number;
  /** True where counting stopped. */
  readonly more: boolean;
}

/** What is looked for, and whose holdings of it are told. */
export interface FindQuery extends SearchQuery {
  readonly holders: ReadonlySet<PeerId>;
  /** Most results. */
  readonly limit: number;
  /** Results to leave out, the best ones; 0 by default. */
  readonly offset?: number | undefined;
}

/** The words of a search as names are folded, each once. */
export const wordsOf = (text: string): string[] => [...new Set(foldName(text).split(/\s+/).filter(Boolean))];

/**
 * Files whose own name has every word, case and accents aside; best first, see RankedMatches. Throws the signal's reason when it is
 * aborted, between two steps; after `MAX_MS` it tells what it has.
 */
export async function find(
  store: EntryQueries,
  search: NameSearch,
  query: FindQuery,
  signal?: AbortSignal,
): Promise<Matches> {
  const { parts, holders, limit, offset = 0 } = query;
  if (parts.length === 0) return { results: [], total: 0, more: false };
  const matches = new RankedMatches(parts);
  const began = performance.now();
  let rested = began;
  let more = false;
  for (const { entries, ranked } of search.candidates(query)) {
    const now = performance.now();
    if (matches.enough(ranked, offset + limit) || now - began > MAX_MS) {
      more = true;
      break;
    }
    matches.take(entries, ranked);
    if (now - rested < STEP_MS) continue;
    await pause();
    signal?.throwIfAborted();
    rested = performance.now();
  }
  const ranked = matches.best(offset, limit);
  const places = store.placesOfEach(ranked.map(({ best }) => best.content));
  const results = ranked.map(({ best, paths }, at) => ({
    best,
    holders: holdersAmong(holders, places[at]!, paths),
  }));
  // What was found a moment ago may be listed by nobody any more.
  return { results: results.filter((found) => found.holders.size > 0), total: matches.total, more };
}

/** These owners as far as they list a content, one place each. */
export const holdersOf = (store: EntryQueries, owners: Owners, content: ContentId): Map<PeerId, string> =>
  holdersAmong(owners, store.placesOfEach([content])[0]!);

/** `preferred`: the path to tell of one that has it in several places. */
function holdersAmong(
  owners: Owners,
  places: readonly ContentPlace[],
  preferred?: ReadonlyMap<PeerId, string>,
): Map<PeerId, string> {
  const holders = new Map<PeerId, string>();
  for (const { owner, path } of places) {
    if (owners.has(owner)) holders.set(owner, preferred?.get(owner) ?? path);
  }
  return holders;
}

/** Others have the thread after so long. */
const STEP_MS = 8;
const MAX_MS = 5000;

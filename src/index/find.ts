import type { ContentId, PeerId } from '../core/ids.ts';
import { foldName } from '../core/index-path.ts';
import type { EntryQueries } from '../core/ports/entry-store.ts';
import type { Candidate, NameSearch, SearchQuery } from '../core/ports/name-search.ts';
import { pause } from './network-view.ts';

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
}

/** The words of a search as names are folded, each once. */
export const wordsOf = (text: string): string[] => [...new Set(foldName(text).split(/\s+/).filter(Boolean))];

/**
 * Files whose own name has every word, case and accents aside; best first: the name itself, words at the start of a word, parts of
 * words, and among equals those with most holders. Where very many fit, the best of those that the search gives first.
 * Throws the signal's reason when it is aborted, between two steps; after `MAX_MS` it tells what it has.
 */
export async function find(
  store: EntryQueries,
  search: NameSearch,
  query: FindQuery,
  signal?: AbortSignal,
): Promise<Matches> {
  if (query.parts.length === 0) return { results: [], total: 0, more: false };
  const groups = new Map<ContentId, Group>();
  const began = performance.now();
  let rested = began;
  let seen = 0;
  let more = false;
  for (const candidates of search.candidates(query)) {
    for (const entry of candidates.entries) take(groups, entry, scoreOf(entry.folded, query.parts));
    seen += candidates.entries.length;
    more = candidates.more;
    const enough = candidates.ranked ? groups.size >= ENOUGH + query.limit : seen >= MAX_CANDIDATES;
    const now = performance.now();
    if (enough || now - began > MAX_MS) break;
    if (now - rested < STEP_MS) continue;
    await pause();
    signal?.throwIfAborted();
    rested = performance.now();
  }
  const best = [...groups.values()].sort(byRank).slice(0, query.limit);
  const results = best.map(({ best: entry, paths }) => ({
    best: entry,
    holders: holdersOf(store, query.holders, entry.content, paths),
  }));
  return { results, total: groups.size, more };
}

/** These owners as far as they list a content, one place each. `preferred`: the path to tell of one that has it in several places. */
export function holdersOf(
  store: EntryQueries,
  owners: { has(owner: PeerId): boolean },
  content: ContentId,
  preferred: ReadonlyMap<PeerId, string> = new Map(),
): Map<PeerId, string> {
  const holders = new Map<PeerId, string>();
  for (const { owner, path } of store.byContent(content, MAX_HOLDERS)) {
    if (owners.has(owner) && !holders.has(owner)) holders.set(owner, preferred.get(owner) ?? path);
  }
  return holders;
}

interface Group {
  best: Candidate;
  score: number;
  copies: number;
  /** The best path of each holder. */
  readonly paths: Map<PeerId, string>;
}

function take(groups: Map<ContentId, Group>, entry: Candidate, score: number): void {
  const group = groups.get(entry.content);
  if (!group) {
    const { owner, path, copies = 0 } = entry;
    groups.set(entry.content, { best: entry, score, copies, paths: new Map([[owner, path]]) });
    return;
  }
  if (score < group.score || (score === group.score && entry.path < group.best.path)) {
    group.best = entry;
    group.score = score;
    group.paths.set(entry.owner, entry.path);
  } else if (!group.paths.has(entry.owner)) group.paths.set(entry.owner, entry.path);
}

/** 0 the name itself, 1 every word begins a word of it, 2 parts. */
function scoreOf(folded: string, parts: readonly string[]): number {
  const query = parts.join(' ');
  if (folded === query || folded.replace(/\.[^.]*$/, '') === query) return 0;
  return parts.every((part) => beginsWord(folded, part)) ? 1 : 2;
}

function beginsWord(folded: string, part: string): boolean {
  for (let at = folded.indexOf(part); at >= 0; at = folded.indexOf(part, at + 1)) {
    if (at === 0 || !LETTER_OR_DIGIT.test(folded[at - 1]!)) return true;
  }
  return false;
}

function byRank(a: Group, b: Group): number {
  return (
    a.score - b.score ||
    Math.max(b.paths.size, b.copies) - Math.max(a.paths.size, a.copies) ||
    a.best.path.length - b.best.path.length ||
    (a.best.path < b.best.path ? -1 : 1)
  );
}

const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;
/** Contents beyond those that are wanted, so that the best are among them where an index could not tell for sure. */
const ENOUGH = 150;
/** Candidates in no order. */
const MAX_CANDIDATES = 20_000;
const MAX_HOLDERS = 10_000;
/** Others have the thread after so long. */
const STEP_MS = 8;
const MAX_MS = 5000;

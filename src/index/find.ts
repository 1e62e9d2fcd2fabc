import type { OwnedEntry } from '../core/entry.ts';
import type { ContentId, PeerId } from '../core/ids.ts';
import { baseName, foldName } from '../core/index-path.ts';
import type { Cursor, EntryQueries } from '../core/ports/entry-store.ts';
import { type PeerView, pause, timeOf } from './network-view.ts';

export interface FoundHolder {
  readonly peer: PeerId;
  readonly name: string;
  readonly address: string;
  readonly path: string;
  readonly self: boolean;
}

/** One content that bears a name with every word. */
export interface Found {
  /** The best match among its paths. */
  readonly path: string;
  readonly size: number;
  readonly content: ContentId;
  /** ISO 8601, UTC. */
  readonly modified: string;
  readonly holders: readonly FoundHolder[];
}

export interface FindResult {
  readonly results: readonly Found[];
  /** Contents that fit. */
  readonly total: number;
  /** True where counting stopped. */
  readonly more: boolean;
}

/**
 * Files of `peers` whose own name has every word, case and accents aside; best first: the name itself, words at the start of a word,
 * parts of words, and among equals those with most holders.
 */
export async function find(
  store: EntryQueries,
  peers: ReadonlyMap<PeerId, PeerView>,
  words: string,
  limit: number,
): Promise<FindResult> {
  const parts = [...new Set(foldName(words).split(/\s+/).filter(Boolean))];
  if (parts.length === 0) return { results: [], total: 0, more: false };
  const groups = new Map<ContentId, Group>();
  let from: Cursor | undefined;
  let candidates = 0;
  do {
    const { items, next } = store.matching({ parts }, WINDOW, from);
    for (const entry of items) {
      if (!peers.has(entry.owner) || entry.content === undefined) continue;
      candidates += 1;
      if (candidates > MAX_CANDIDATES) break;
      take(groups, entry.content, entry, scoreOf(baseName(entry.path), parts));
    }
    from = next;
    await pause();
  } while (from !== undefined && candidates <= MAX_CANDIDATES);
  const best = [...groups.values()].sort(byRank).slice(0, limit);
  const results = best.map(({ best: entry, paths }) => foundOf(store, peers, entry, paths));
  return { results, total: groups.size, more: candidates > MAX_CANDIDATES };
}

/** Active holders of a content, one place each. `preferred`: the path to tell of a peer that has it in several places. */
export function holdersOf(
  store: EntryQueries,
  peers: ReadonlyMap<PeerId, PeerView>,
  content: ContentId,
  preferred: ReadonlyMap<PeerId, string> = new Map(),
): FoundHolder[] {
  const holders = new Map<PeerId, FoundHolder>();
  for (const { owner, path } of store.byContent(content, MAX_HOLDERS)) {
    const peer = peers.get(owner);
    if (!peer || holders.has(owner)) continue;
    const { name, address, self } = peer;
    holders.set(owner, { peer: owner, name, address, path: preferred.get(owner) ?? path, self });
  }
  return [...holders.values()];
}

interface Group {
  best: OwnedEntry;
  score: number;
  /** The best path of each holder. */
  readonly paths: Map<PeerId, string>;
}

function take(groups: Map<ContentId, Group>, content: ContentId, entry: OwnedEntry, score: number): void {
  const group = groups.get(content);
  if (!group) {
    groups.set(content, { best: entry, score, paths: new Map([[entry.owner, entry.path]]) });
    return;
  }
  if (score < group.score || (score === group.score && entry.path < group.best.path)) {
    group.best = entry;
    group.score = score;
    group.paths.set(entry.owner, entry.path);
  } else if (!group.paths.has(entry.owner)) group.paths.set(entry.owner, entry.path);
}

/** 0 the name itself, 1 every word begins a word of it, 2 parts. */
function scoreOf(name: string, parts: readonly string[]): number {
  const folded = foldName(name);
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
    b.paths.size - a.paths.size ||
    a.best.path.length - b.best.path.length ||
    (a.best.path < b.best.path ? -1 : 1)
  );
}

function foundOf(
  store: EntryQueries,
  peers: ReadonlyMap<PeerId, PeerView>,
  { path, size, content, mtime }: OwnedEntry,
  paths: ReadonlyMap<PeerId, string>,
): Found {
  const holders = holdersOf(store, peers, content!, paths);
  return { path, size, content: content!, modified: timeOf(mtime), holders };
}

const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;
/** Entries looked at in one step. */
const WINDOW = 10_000;
const MAX_CANDIDATES = 20_000;
const MAX_HOLDERS = 10_000;

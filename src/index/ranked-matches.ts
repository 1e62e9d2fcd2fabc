import type { ContentId, PeerId } from '../core/ids.ts';
import type { Candidate } from '../core/ports/name-search.ts';

/** A content that is found. */
export interface RankedMatch {
  best: Candidate;
  /** The best path of each holder that is among the candidates. */
  readonly paths: Map<PeerId, string>;
}

/**
 * Candidates by content, best first: the name itself, words at the start of a word, parts of words, and among equals those with most
 * holders, then the shortest path. What an index gives in its own order is ranked by BLOCK contents, each block by what was known when it
 * was full, so that a page behind another follows from the same order, however much more was read for it.
 */
export class RankedMatches {
  readonly #parts: readonly string[];
  readonly #whole: string;
  readonly #groups = new Map<ContentId, Group>();
  #candidates = 0;
  /** Contents that came in no order. */
  #unranked = 0;

  /** `parts`: the words that are looked for, folded. */
  constructor(parts: readonly string[]) {
    this.#parts = parts;
    this.#whole = parts.join(' ');
  }

  get total(): number {
    return this.#groups.size;
  }

  take(entries: readonly Candidate[], ranked: boolean): void {
    const before = this.#groups.size;
    for (const entry of entries) this.#take(entry, ranked ? before : 0);
    this.#candidates += entries.length;
    if (!ranked) this.#unranked = this.#groups.size;
  }

  /** True when what comes, in such an order, cannot be among the `wanted` best ones any more, or would be too much. */
  enough(ranked: boolean, wanted: number): boolean {
    if (!ranked) return this.#candidates >= MAX_UNRANKED;
    return this.#groups.size >= this.#unranked + BLOCK * Math.ceil(wanted / BLOCK);
  }

  best(offset: number, limit: number): RankedMatch[] {
    const groups = [...this.#groups.values()];
    const first = this.#unranked + BLOCK;
    const sorted = groups.slice(0, first).sort(byRank);
    for (let at = first; at < Math.min(groups.length, offset + limit); at += BLOCK) {
      sorted.push(...groups.slice(at, at + BLOCK).sort(byRank));
    }
    return sorted.slice(offset, offset + limit);
  }

  /** `before`: contents before this stretch; blocks that were full by then are ranked. */
  #take(entry: Candidate, before: number): void {
    const score = this.#scoreOf(entry.folded);
    const group = this.#groups.get(entry.content);
    if (!group) {
      const { owner, path, copies = 1 } = entry;
      const at = this.#groups.size;
      const paths = new Map([[owner, path]]);
      this.#groups.set(entry.content, { at, best: entry, score, holders: copies, paths });
      return;
    }
    if (before >= this.#endOfBlock(group)) {
      if (!group.paths.has(entry.owner)) group.paths.set(entry.owner, entry.path);
      return;
    }
    if (score < group.score || (score === group.score && entry.path < group.best.path)) {
      group.best = entry;
      group.score = score;
      group.paths.set(entry.owner, entry.path);
    } else if (!group.paths.has(entry.owner)) group.paths.set(entry.owner, entry.path);
    group.holders = Math.max(group.holders, group.paths.size);
  }

  /** How many contents there are when its block is full. */
  #endOfBlock({ at }: Group): number {
    return this.#unranked + BLOCK * Math.max(1, Math.ceil((at + 1 - this.#unranked) / BLOCK));
  }

  /** 0 the name itself, 1 every word begins a word of it, 2 parts. */
  #scoreOf(folded: string): number {
    if (folded === this.#whole || folded.replace(/\.[^.]*$/, '') === this.#whole) return 0;
    return this.#parts.every((part) => beginsWord(folded, part)) ? 1 : 2;
  }
}

interface Group extends RankedMatch {
  /** How many came before it. */
  readonly at: number;
  score: number;
  /** As many as count for its rank. */
  holders: number;
}

function beginsWord(folded: string, part: string): boolean {
  for (let at = folded.indexOf(part); at >= 0; at = folded.indexOf(part, at + 1)) {
    if (at === 0 || !LETTER_OR_DIGIT_AT_END.test(folded.slice(0, at))) return true;
  }
  return false;
}

function byRank(a: Group, b: Group): number {
  return (
    a.score - b.score ||
    b.holders - a.holders ||
    a.best.path.length - b.best.path.length ||
    (a.best.path < b.best.path ? -1 : 1)
  );
}

const LETTER_OR_DIGIT_AT_END = /[\p{L}\p{N}]$/u;
/** Of these the index knows the best ones, but not quite in what order. */
const BLOCK = 100;
const MAX_UNRANKED = 20_000;

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
 * holders, then the shortest path. What an index gives in its own order is ranked by BLOCK contents, so that a page behind another
 * follows from the same order.
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
    for (const entry of entries) this.#take(entry);
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

  #take(entry: Candidate): void {
    const score = this.#scoreOf(entry.folded);
    const group = this.#groups.get(entry.content);
    if (!group) {
      const { owner, path, copies = 0 } = entry;
      this.#groups.set(entry.content, { best: entry, score, copies, paths: new Map([[owner, path]]) });
      return;
    }
    if (score < group.score || (score === group.score && entry.path < group.best.path)) {
      group.best = entry;
      group.score = score;
      group.paths.set(entry.owner, entry.path);
    } else if (!group.paths.has(entry.owner)) group.paths.set(entry.owner, entry.path);
  }

  /** 0 the name itself, 1 every word begins a word of it, 2 parts. */
  #scoreOf(folded: string): number {
    if (folded === this.#whole || folded.replace(/\.[^.]*$/, '') === this.#whole) return 0;
    return this.#parts.every((part) => beginsWord(folded, part)) ? 1 : 2;
  }
}

interface Group extends RankedMatch {
  score: number;
  copies: number;
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
    Math.max(b.paths.size, b.copies) - Math.max(a.paths.size, a.copies) ||
    a.best.path.length - b.best.path.length ||
    (a.best.path < b.best.path ? -1 : 1)
  );
}

const LETTER_OR_DIGIT_AT_END = /[\p{L}\p{N}]$/u;
/** Of these the index knows the best ones, but not quite in what order. */
const BLOCK = 100;
const MAX_UNRANKED = 20_000;

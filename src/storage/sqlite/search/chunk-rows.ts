import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { SearchQuery } from '../../../core/ports/name-search.ts';
import { endGrams, gramsIn, nameEndGrams, wordStartGram } from './grams.ts';
import { RowSet } from './row-set.ts';
import type { Chunk } from './search-database.ts';

/** Which rows of one chunk may fit a search by their names, the likeliest first. Every row that fits is among them. */
export interface Tiers {
  readonly chunk: Chunk;
  /** The name itself; words at the beginning of words; all others. */
  readonly tiers: readonly [RowSet, RowSet, RowSet];
}

/** Looks names up in chunks of the search index. */
export class ChunkRows {
  readonly #posting: StatementSync;

  constructor(search: DatabaseSync) {
    this.#posting = search.prepare('SELECT rows FROM grams WHERE chunk = ? AND gram = ?');
  }

  /** Undefined when none fits. */
  tiers(chunk: Chunk, { parts, extensions }: SearchQuery): Tiers | undefined {
    const all = this.#having(chunk, new Set(parts.flatMap(gramsIn)));
    if (extensions && !all.empty) {
      const ends = new RowSet(chunk.rows);
      for (const extension of extensions) ends.or(this.#having(chunk, endGrams(`.${extension}`)));
      all.and(ends);
    }
    if (all.empty) return undefined;
    const whole = this.#having(chunk, nameEndGrams(parts.join(' '))).and(all);
    const starts = this.#having(chunk, parts.map(wordStartGram)).and(all).without(whole);
    return { chunk, tiers: [whole, starts, all.without(whole).without(starts)] };
  }

  /** Of one gram or more. */
  #having(chunk: Chunk, grams: Iterable<string>): RowSet {
    let rows: RowSet | undefined;
    for (const gram of grams) {
      const posting = this.#posting.get(chunk.first, gram)?.rows as Uint8Array | undefined;
      const having = RowSet.read(chunk.rows, posting);
      rows = rows?.and(having) ?? having;
      if (rows.empty) break;
    }
    return rows!;
  }
}

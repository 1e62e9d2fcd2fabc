import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { FileFilter } from '../../../core/ports/name-search.ts';
import type { ChunkColumns } from './chunk-columns.ts';
import { endGrams, gramsIn, ownerGram, wholeNameGrams, wordStartGram } from './grams.ts';
import { dayOf, sizeClass } from './row-classes.ts';
import { RowSet } from './row-set.ts';
import type { Chunk } from './search-database.ts';

/** Which rows of one chunk may fit a search, the likeliest first. Every row that fits is among them; whether one does, its entry tells. */
export interface Tiers {
  readonly chunk: Chunk;
  /** The name itself; words at the beginning of words; all others. */
  readonly tiers: readonly [RowSet, RowSet, RowSet];
}

export interface ChunkQuery extends FileFilter {
  readonly parts: readonly string[];
  /** Numbers of the owners that are wanted; or of those that are not, whichever are fewer. */
  readonly owners: { readonly only: readonly number[] } | { readonly without: readonly number[] };
}

/** Looks into chunks of the search index. */
export class ChunkRows {
  readonly #posting: StatementSync;
  readonly #columns: ChunkColumns;

  constructor(search: DatabaseSync, columns: ChunkColumns) {
    this.#columns = columns;
    this.#posting = search.prepare('SELECT rows FROM grams WHERE chunk = ? AND gram = ?');
  }

  tiers(chunk: Chunk, query: ChunkQuery): Tiers | undefined {
    const { parts } = query;
    const all = this.#having(chunk, [...new Set(parts.flatMap(gramsIn))]);
    this.#filter(chunk, query, all);
    if (all.empty) return undefined;
    const whole = this.#having(chunk, wholeNameGrams(parts.join(' ')), all);
    const starts = this.#having(chunk, parts.map(wordStartGram), all).without(whole);
    return { chunk, tiers: [whole, starts, all.without(whole).without(starts)] };
  }

  #having(chunk: Chunk, grams: readonly string[], among = RowSet.all(chunk.rows)): RowSet {
    const rows = among.copy();
    for (const gram of grams) {
      if (rows.empty) break;
      rows.and(this.#rows(chunk, gram));
    }
    return rows;
  }

  #filter(chunk: Chunk, query: ChunkQuery, rows: RowSet): void {
    const { owners, extensions, minSize = 0, maxSize, newer = 0, older } = query;
    if (rows.empty) return;
    if ('only' in owners) {
      const theirs = new RowSet(chunk.rows);
      for (const owner of owners.only) theirs.or(this.#rows(chunk, ownerGram(owner)));
      rows.and(theirs);
    } else for (const owner of owners.without) rows.without(this.#rows(chunk, ownerGram(owner)));
    if (extensions) {
      const ends = new RowSet(chunk.rows);
      for (const extension of extensions) ends.or(this.#having(chunk, endGrams(`.${extension}`), rows));
      rows.and(ends);
    }
    if (minSize === 0 && maxSize === undefined && newer === 0 && older === undefined) return;
    const { sizes, days } = this.#columns.of(chunk);
    const [least, most] = [sizeClass(minSize), maxSize === undefined ? 255 : sizeClass(maxSize)];
    const [from, to] = [dayOf(newer), older === undefined ? 65_535 : dayOf(older)];
    rows.filter((row) => {
      const size = sizes[row]!;
      return size >= least && size <= most && days[row]! >= from && days[row]! <= to;
    });
  }

  #rows(chunk: Chunk, gram: string): RowSet {
    return RowSet.read(chunk.rows, this.#posting.get(chunk.first, gram)?.rows as Uint8Array | undefined);
  }
}

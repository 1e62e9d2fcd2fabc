import type { DatabaseSync } from 'node:sqlite';
import type { Candidate, Candidates, NameSearch, SearchQuery } from '../../../core/ports/name-search.ts';
import type { SqliteEntryQueries } from '../entry-queries.ts';
import { bestGroups, type Group } from './best-groups.ts';
import { ChunkColumns } from './chunk-columns.ts';
import { ChunkRows, type Tiers } from './chunk-rows.ts';
import { rowFilter } from './row-filter.ts';
import { chunksOf } from './search-database.ts';

export interface SearchIndexOptions {
  /** The peer's database, a read-only connection. */
  readonly peer: DatabaseSync;
  readonly entries: SqliteEntryQueries;
  /** The search index, a connection of its own. */
  readonly search: DatabaseSync;
  /** Looks at the rows behind a number that no chunk has yet. */
  readonly scan: (query: SearchQuery, from: string) => Iterable<Candidates>;
  /** Whether an entry is what is looked for. */
  readonly fits: (entry: Candidate, query: SearchQuery) => boolean;
}

/** Searches by the chunks of the search index, and row by row what is not in them yet. One search at a time. */
export class SearchIndex implements NameSearch {
  readonly #options: SearchIndexOptions;
  readonly #rows: ChunkRows;
  readonly #columns: ChunkColumns;

  constructor(options: SearchIndexOptions) {
    this.#options = options;
    this.#columns = new ChunkColumns(options.search);
    this.#rows = new ChunkRows(options.search);
  }

  *candidates(query: SearchQuery): Generator<Candidates, void> {
    const { peer, entries, search, scan } = this.#options;
    // Both are seen as they are now, while chunks are made anew and rows change; the index first, so that it knows of nothing later.
    search.exec('BEGIN');
    peer.exec('BEGIN');
    try {
      // What changed last is behind, so rows that are gone are mostly in the first ones.
      const chunks = chunksOf(search).reverse();
      yield* scan(query, String(chunks[0]?.last ?? 0));
      const found: Tiers[] = [];
      for (const chunk of chunks) {
        const tiers = this.#rows.tiers(chunk, query);
        if (tiers) found.push(tiers);
        yield NOTHING;
      }
      const narrow = rowFilter(query, entries.ownerNumbers(query.owners));
      for (const groups of bestGroups(found, this.#columns, narrow)) yield* this.#entries(query, groups);
    } finally {
      peer.exec('ROLLBACK');
      search.exec('ROLLBACK');
    }
  }

  *#entries(query: SearchQuery, groups: readonly Group[]): Generator<Candidates> {
    for (let at = 0; at < groups.length; ) {
      // Whoever has enough stops here, before more is read.
      yield NOTHING;
      const batch: Group[] = [];
      for (let rows = 0; at < groups.length && rows < STEP; at += 1) {
        batch.push(groups[at]!);
        rows += Math.min(FIRST, groups[at]!.numbers.length);
      }
      const read = this.#read(query, batch, 0, FIRST);
      // Rows that are gone, or only have the same grams, must not hide the others of their content.
      const rest = batch.filter(
        ({ numbers }) => numbers.length > FIRST && !numbers.some((one) => read.has(one)),
      );
      const others = this.#read(query, rest, FIRST);
      const found = new Map([...read, ...others]);
      const ranked = batch.flatMap(({ numbers }) => numbers.flatMap((one) => found.get(one) ?? []));
      yield { entries: ranked, ranked: true };
    }
  }

  /** By their numbers. */
  #read(query: SearchQuery, groups: readonly Group[], from: number, to?: number): Map<number, Candidate> {
    const copies = new Map<number, number>();
    for (const { numbers } of groups)
      for (const one of numbers.slice(from, to)) copies.set(one, numbers.length);
    const { entries, fits } = this.#options;
    const read = entries.numbered([...copies.keys()]).filter(([, entry]) => fits(entry, query));
    return new Map(read.map(([number, entry]) => [number, { ...entry, copies: copies.get(number)! }]));
  }
}

const NOTHING: Candidates = { entries: [], ranked: true };
/** Entries read at once, or few more. */
const STEP = 128;
/** Of one content: their names may differ, and what they are called by each holder. */
const FIRST = 4;

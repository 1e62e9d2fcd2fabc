import type { DatabaseSync } from 'node:sqlite';
import type { Candidate, Candidates, NameSearch, SearchQuery } from '../../../core/ports/name-search.ts';
import type { SqliteEntryQueries } from '../entry-queries.ts';
import { bestGroups, type Group } from './best-groups.ts';
import { ChunkColumns } from './chunk-columns.ts';
import { type ChunkQuery, ChunkRows, type Tiers } from './chunk-rows.ts';
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
    this.#rows = new ChunkRows(options.search, this.#columns);
  }

  *candidates(query: SearchQuery): Generator<Candidates, void> {
    const { peer, search, scan } = this.#options;
    // Both are seen as they are now, while chunks are made anew and rows change.
    search.exec('BEGIN');
    peer.exec('BEGIN');
    try {
      const chunks = chunksOf(search);
      yield* scan(query, String(chunks.at(-1)?.last ?? 0));
      const wanted: ChunkQuery = { ...query, owners: this.#owners(query) };
      const found: Tiers[] = [];
      for (const chunk of chunks) {
        const tiers = this.#rows.tiers(chunk, wanted);
        if (tiers) found.push(tiers);
        yield NOTHING;
      }
      const { groups, cut } = bestGroups(found, this.#columns);
      yield { ...NOTHING, more: cut };
      yield* this.#entries(query, groups, cut);
    } finally {
      peer.exec('ROLLBACK');
      search.exec('ROLLBACK');
    }
  }

  *#entries(query: SearchQuery, groups: readonly Group[], cut: boolean): Generator<Candidates> {
    const { entries, fits } = this.#options;
    for (let at = 0; at < groups.length; ) {
      const copies = new Map<number, number>();
      for (; at < groups.length && copies.size < STEP; at += 1) {
        for (const number of groups[at]!.numbers) copies.set(number, groups[at]!.copies);
      }
      const read = entries.numbered([...copies.keys()]);
      yield {
        entries: read.flatMap(([number, entry]) =>
          fits(entry, query) ? [{ ...entry, copies: copies.get(number)! }] : [],
        ),
        ranked: true,
        more: cut || at < groups.length,
      };
    }
  }

  #owners({ owners }: SearchQuery): ChunkQuery['owners'] {
    const all = this.#options.peer.prepare('SELECT id, peer FROM owners WHERE files > 0').all();
    const numbers = (wanted: boolean) =>
      all.filter(({ peer }) => owners.has(peer as string) === wanted).map(({ id }) => id as number);
    const [only, without] = [numbers(true), numbers(false)];
    if (only.length < without.length) return { only };
    // What is left of them is dropped when its entry is read.
    return { without: without.slice(0, MOST_WITHOUT) };
  }
}

const NOTHING: Candidates = { entries: [], ranked: false, more: true };
/** Entries read at once, or few more. */
const STEP = 128;
const MOST_WITHOUT = 200;

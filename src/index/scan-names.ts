import type { OwnedEntry } from '../core/entry.ts';
import { baseName, foldName } from '../core/index-path.ts';
import type { Cursor, EntryQueries } from '../core/ports/entry-store.ts';
import type { Candidate, Candidates, NameSearch, SearchQuery } from '../core/ports/name-search.ts';
import { fitsQuery } from './file-filter.ts';
import { millisecondsOf } from './network-view.ts';

/** Searches by looking at every entry, the one way for an index that is small or has nothing else yet. */
export class NameScan implements NameSearch {
  readonly #store: EntryQueries;

  constructor(store: EntryQueries) {
    this.#store = store;
  }

  /** `from`: entries behind this place of a walk only. */
  *candidates(query: SearchQuery, from?: Cursor): Generator<Candidates, void> {
    let at = from;
    do {
      const { items, next } = this.#store.matching({ parts: query.parts }, WINDOW, at);
      yield {
        entries: items.flatMap(candidateOf).filter((entry) => fitsQuery(entry, query)),
        ranked: false,
      };
      at = next;
    } while (at !== undefined);
  }
}

function candidateOf({ owner, path, size, mtime, content }: OwnedEntry): Candidate[] {
  if (content === undefined) return [];
  const folded = foldName(baseName(path));
  return [{ owner, path, size, modified: millisecondsOf(mtime), content, folded }];
}

/** Entries looked at in one step. */
const WINDOW = 10_000;

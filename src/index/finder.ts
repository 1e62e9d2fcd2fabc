import type { EntryQueries } from '../core/ports/entry-store.ts';
import { type FindQuery, find, type Matches } from './find.ts';
import { NameScan } from './scan-names.ts';

/** Where searches run; throws the signal's reason when it is aborted. */
export type Finder = (query: FindQuery, signal?: AbortSignal) => Promise<Matches>;

/** Searches on this thread, in steps, by looking at every entry. */
export function scanHere(store: EntryQueries): Finder {
  const search = new NameScan(store);
  return (query, signal) => find(store, search, query, signal);
}

import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { PeerId } from '../../core/ids.ts';
import { fitsQuery } from '../../index/file-filter.ts';
import { find } from '../../index/find.ts';
import { NameScan } from '../../index/scan-names.ts';
import { SqliteEntryQueries } from '../../storage/sqlite/entry-queries.ts';
import { openPeerDatabase } from '../../storage/sqlite/peer-database.ts';
import { isDamaged } from '../../storage/sqlite/search/search-database.ts';
import { SearchIndex } from '../../storage/sqlite/search/search-index.ts';
import type { SearchReply, SearchRequest, SearchSetup } from './search-messages.ts';

/** The thread that searches, on read-only connections, one search after the other. */
const setup = workerData as SearchSetup;
const port = parentPort!;
const peer = openPeerDatabase(setup.peer, { readOnly: true });
peer.exec('PRAGMA cache_size = -8192');
const entries = new SqliteEntryQueries(peer);
const scan = new NameScan(entries);
let index: SearchIndex | undefined;
let holders: ReadonlySet<PeerId> = new Set();
let last: Promise<void> = Promise.resolve();
/** Of requests that wait or run. */
const aborts = new Map<number, AbortController>();

port.on('message', (request: SearchRequest) => {
  if ('cancel' in request) {
    aborts.get(request.cancel)?.abort();
    return;
  }
  aborts.set(request.id, new AbortController());
  last = last.then(async () => port.postMessage(await answer(request)));
});

async function answer(request: Exclude<SearchRequest, { cancel: number }>): Promise<SearchReply> {
  const { id, parts, filter, limit, offset } = request;
  const { signal } = aborts.get(id)!;
  if (request.holders) holders = new Set(request.holders);
  try {
    signal.throwIfAborted();
    entries.forgetOwners();
    index ??= openIndex();
    const owners = request.owners ? new Set(request.owners) : holders;
    const query = { ...filter, parts, owners, holders, limit, offset };
    return { id, matches: await find(entries, index ?? scan, query, signal) };
  } catch (error) {
    if (signal.aborted) return { id, cancelled: true };
    index = undefined;
    return { id, problem: String(error), damaged: isDamaged(error) };
  } finally {
    aborts.delete(id);
  }
}

/** Undefined while nothing was indexed yet. */
function openIndex(): SearchIndex | undefined {
  if (!existsSync(setup.search)) return undefined;
  const search = new DatabaseSync(setup.search, { readOnly: true });
  search.exec('PRAGMA busy_timeout = 5000; PRAGMA cache_size = -8192');
  return new SearchIndex({
    peer,
    entries,
    search,
    scan: (query, from) => scan.candidates(query, from),
    fits: fitsQuery,
  });
}

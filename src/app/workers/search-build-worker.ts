import { parentPort, workerData } from 'node:worker_threads';
import { SqliteEntryQueries } from '../../storage/sqlite/entry-queries.ts';
import { openPeerDatabase } from '../../storage/sqlite/peer-database.ts';
import { buildChunks } from '../../storage/sqlite/search/build-chunks.ts';
import {
  chunksOf,
  isDamaged,
  openSearchDatabase,
  removeSearchDatabase,
} from '../../storage/sqlite/search/search-database.ts';
import type { SearchBuilt, SearchSetup } from './search-messages.ts';

/** The thread that brings the search index up to date, and then ends. */
const setup = workerData as SearchSetup;
const peer = openPeerDatabase(setup.peer, { readOnly: true });
const search = openSearchDatabase(setup.search, new SqliteEntryQueries(peer));
const tell = (built: SearchBuilt): void => parentPort!.postMessage(built);
try {
  buildChunks(peer, search);
  tell({ upTo: chunksOf(search).at(-1)?.last ?? 0 });
  search.close();
} catch (error) {
  search.close();
  if (!isDamaged(error)) throw error;
  removeSearchDatabase(setup.search);
  tell({ damaged: true });
} finally {
  peer.close();
}

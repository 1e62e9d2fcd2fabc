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
import type { BuildSetup, SearchBuilt } from './search-messages.ts';

/** The thread that brings the search index up to date, and then ends. */
const setup = workerData as BuildSetup;
if (setup.anew) removeSearchDatabase(setup.search);
const peer = openPeerDatabase(setup.peer, { readOnly: true });
const search = openSearchDatabase(setup.search, new SqliteEntryQueries(peer));
const tell = (built: SearchBuilt): void => parentPort!.postMessage(built);
try {
  buildChunks(peer, search);
  tell({ upTo: chunksOf(search).at(-1)?.last ?? 0 });
} catch (error) {
  if (!isDamaged(error)) throw error;
  tell({ damaged: String(error) });
} finally {
  search.close();
  peer.close();
}

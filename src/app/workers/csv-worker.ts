import { parentPort, workerData } from 'node:worker_threads';
import { SqliteEntryQueries } from '../../storage/sqlite/entry-queries.ts';
import { openPeerDatabase } from '../../storage/sqlite/peer-database.ts';
import { writeTable } from '../write-table.ts';
import type { CsvDone, CsvJob } from './csv-messages.ts';

/** The thread that writes a long index as CSV. */
const { database, files, places } = workerData as CsvJob;
const connection = openPeerDatabase(database, { readOnly: true });
try {
  const addresses = new Map(places);
  const store = new SqliteEntryQueries(connection);
  for (const file of files) await writeTable(file, store, (peer) => addresses.get(peer));
  parentPort!.postMessage({} satisfies CsvDone);
} catch (error) {
  const problem = error instanceof Error ? error.message : String(error);
  parentPort!.postMessage({ problem } satisfies CsvDone);
} finally {
  connection.close();
}

import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { PRIVATE_PREFIX } from '../../core/index-path.ts';
import { CSV_HEADER, csvLine, csvRows } from '../../index/csv.ts';
import { SqliteEntryQueries } from '../../storage/sqlite/entry-queries.ts';
import { openPeerDatabase } from '../../storage/sqlite/peer-database.ts';
import type { CsvDone, CsvJob } from './csv-messages.ts';

/** The thread that writes the index as CSV: beside the file first, then in its place, so that a reader never sees half of it. */
const { database, files, places } = workerData as CsvJob;
const connection = openPeerDatabase(database, { readOnly: true });
try {
  const addresses = new Map(places);
  for (const file of files) write(file, addresses);
  parentPort!.postMessage({} satisfies CsvDone);
} catch (error) {
  const problem = error instanceof Error ? error.message : String(error);
  parentPort!.postMessage({ problem } satisfies CsvDone);
} finally {
  connection.close();
}

function write(file: string, addresses: ReadonlyMap<string, { host: string; port: number }>): void {
  const temporary = join(dirname(file), `${PRIVATE_PREFIX}${basename(file)}`);
  try {
    const fd = openSync(temporary, 'w');
    try {
      writeAll(fd, CSV_HEADER);
      for (const rows of csvRows(new SqliteEntryQueries(connection), (peer) => addresses.get(peer))) {
        writeAll(fd, rows.map((row) => csvLine(row)).join(''));
      }
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
}

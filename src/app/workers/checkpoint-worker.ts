import { DatabaseSync } from 'node:sqlite';
import { workerData } from 'node:worker_threads';

/**
 * The thread of a DatabaseKeeper: twice, so that what was written during the first time is mostly in as well. The database is
 * open elsewhere and has its schema: what looks for that is not loaded, which takes longer than the rest.
 */
const { file } = workerData as { readonly file: string };
const database = new DatabaseSync(file);
database.exec('PRAGMA busy_timeout = 5000; PRAGMA synchronous = NORMAL');
for (let i = 0; i < 2; i += 1) database.exec('PRAGMA wal_checkpoint(PASSIVE)');
database.close();

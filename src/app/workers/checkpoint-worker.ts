import { workerData } from 'node:worker_threads';
import { openPeerDatabase } from '../../storage/sqlite/peer-database.ts';

/** The thread of a DatabaseKeeper: twice, so that what was written during the first time is mostly in as well. */
const { file } = workerData as { readonly file: string };
const database = openPeerDatabase(file);
for (let i = 0; i < 2; i += 1) database.exec('PRAGMA wal_checkpoint(PASSIVE)');
database.close();

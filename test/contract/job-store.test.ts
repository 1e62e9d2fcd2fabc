import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryJobStore } from '../../src/storage/memory/job-store.ts';
import { SqliteJobStore } from '../../src/storage/sqlite/job-store.ts';
import { openPeerDatabase } from '../../src/storage/sqlite/peer-database.ts';
import { jobStoreContract } from './job-store.ts';

jobStoreContract('memory', () => {
  const store = new MemoryJobStore();
  return { store, reopen: () => store, close() {} };
});

jobStoreContract('sqlite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'peerdex-jobs-'));
  let database = openPeerDatabase(join(folder, 'peer.db'));
  return {
    store: new SqliteJobStore(database),
    reopen() {
      database.close();
      database = openPeerDatabase(join(folder, 'peer.db'));
      return new SqliteJobStore(database);
    },
    close() {
      database.close();
      rmSync(folder, { recursive: true });
    },
  };
});

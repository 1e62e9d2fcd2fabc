import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryLeaseStore } from '../../src/storage/memory/lease-store.ts';
import { SqliteLeaseStore } from '../../src/storage/sqlite/lease-store.ts';
import { openRegistryDatabase } from '../../src/storage/sqlite/registry-database.ts';
import { leaseStoreContract } from './lease-store.ts';

leaseStoreContract('memory', () => {
  const store = new MemoryLeaseStore();
  return { store, reopen: () => store, close() {} };
});

leaseStoreContract('sqlite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'peerdex-leases-'));
  let database = openRegistryDatabase(join(folder, 'registry.db'));
  return {
    store: new SqliteLeaseStore(database),
    reopen() {
      database.close();
      database = openRegistryDatabase(join(folder, 'registry.db'));
      return new SqliteLeaseStore(database);
    },
    close() {
      database.close();
      rmSync(folder, { recursive: true });
    },
  };
});

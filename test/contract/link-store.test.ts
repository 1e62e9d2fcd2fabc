import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryLinkStore } from '../../src/storage/memory/link-store.ts';
import { SqliteLinkStore } from '../../src/storage/sqlite/link-store.ts';
import { openPeerDatabase } from '../../src/storage/sqlite/peer-database.ts';
import { linkStoreContract } from './link-store.ts';

linkStoreContract('memory', () => {
  const store = new MemoryLinkStore();
  return { store, reopen: () => store, close() {} };
});

linkStoreContract('sqlite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'peerdex-links-'));
  let database = openPeerDatabase(join(folder, 'peer.db'));
  return {
    store: new SqliteLinkStore(database),
    reopen() {
      database.close();
      database = openPeerDatabase(join(folder, 'peer.db'));
      return new SqliteLinkStore(database);
    },
    close() {
      database.close();
      rmSync(folder, { recursive: true });
    },
  };
});

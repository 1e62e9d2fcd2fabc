import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryKnownPeerStore } from '../../src/storage/memory/known-peers.ts';
import { SqliteKnownPeerStore } from '../../src/storage/sqlite/known-peers.ts';
import { openPeerDatabase } from '../../src/storage/sqlite/peer-database.ts';
import { knownPeersContract } from './known-peers.ts';

knownPeersContract('memory', () => {
  const store = new MemoryKnownPeerStore();
  return { store, reopen: () => store, close() {} };
});

knownPeersContract('sqlite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'peerdex-known-'));
  let database = openPeerDatabase(join(folder, 'peer.db'));
  return {
    store: new SqliteKnownPeerStore(database),
    reopen() {
      database.close();
      database = openPeerDatabase(join(folder, 'peer.db'));
      return new SqliteKnownPeerStore(database);
    },
    close() {
      database.close();
      rmSync(folder, { recursive: true });
    },
  };
});

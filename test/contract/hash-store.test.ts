import { MemoryHashStore } from '../../src/storage/memory/hash-store.ts';
import { SqliteHashStore } from '../../src/storage/sqlite/hash-store.ts';
import { openPeerDatabase } from '../../src/storage/sqlite/peer-database.ts';
import { hashStoreContract } from './hash-store.ts';

hashStoreContract('memory', (clock) => ({ store: new MemoryHashStore(clock), close() {} }));
hashStoreContract('sqlite', (clock) => {
  const database = openPeerDatabase(':memory:');
  return { store: new SqliteHashStore(database, clock), close: () => database.close() };
});

import { MemoryEntryStore } from '../../src/storage/memory/entry-store.ts';
import { SqliteEntryStore } from '../../src/storage/sqlite/entry-store.ts';
import { openPeerDatabase } from '../../src/storage/sqlite/peer-database.ts';
import { entryStoreContract } from './entry-store.ts';

entryStoreContract('memory', () => ({ store: new MemoryEntryStore(), close() {} }));
entryStoreContract('sqlite', () => {
  const database = openPeerDatabase(':memory:');
  return { store: new SqliteEntryStore(database), close: () => database.close() };
});

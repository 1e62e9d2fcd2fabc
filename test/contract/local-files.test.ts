import { MemoryLocalFiles } from '../../src/storage/memory/local-files.ts';
import { SqliteLocalFiles } from '../../src/storage/sqlite/local-files.ts';
import { openPeerDatabase } from '../../src/storage/sqlite/peer-database.ts';
import { localFilesContract } from './local-files.ts';

localFilesContract('memory', () => ({ store: new MemoryLocalFiles(), close() {} }));
localFilesContract('sqlite', () => {
  const database = openPeerDatabase(':memory:');
  return { store: new SqliteLocalFiles(database), close: () => database.close() };
});

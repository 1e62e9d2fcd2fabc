import { dirname, join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import type { HashKeeper } from '../core/ports/local-contents.ts';
import type { Log } from '../core/ports/log.ts';
import { HashesOfWritten } from '../index/hashes-of-written.ts';
import { SqliteEntryStore } from '../storage/sqlite/entry-store.ts';
import { SqliteHashStore } from '../storage/sqlite/hash-store.ts';
import { SqliteJobStore } from '../storage/sqlite/job-store.ts';
import { SqliteKnownPeerStore } from '../storage/sqlite/known-peers.ts';
import { SqliteLinkStore } from '../storage/sqlite/link-store.ts';
import { SqliteLocalFiles } from '../storage/sqlite/local-files.ts';
import { SqliteMirrorStore } from '../storage/sqlite/mirror-store.ts';
import { SqlitePageStore } from '../storage/sqlite/page-store.ts';
import { openPeerDatabase } from '../storage/sqlite/peer-database.ts';
import { SqliteScanMemory } from '../storage/sqlite/scan-memory.ts';
import { SqliteVerifyStore } from '../storage/sqlite/verify-store.ts';
import { DatabaseKeeper } from './database-keeper.ts';
import { NameFinder } from './name-finder.ts';

/** What a peer remembers in its database. */
export interface PeerStores extends AsyncDisposable {
  /** The database file. */
  readonly file: string;
  readonly entries: SqliteEntryStore;
  /** To be started when the peer is. */
  readonly finder: NameFinder;
  readonly files: SqliteLocalFiles;
  readonly hashes: HashKeeper;
  readonly jobs: SqliteJobStore;
  readonly mirrors: SqliteMirrorStore;
  readonly knownPeers: SqliteKnownPeerStore;
  readonly links: SqliteLinkStore;
  readonly memory: SqliteScanMemory;
  readonly verified: SqliteVerifyStore;
  readonly pages: SqlitePageStore;
}

/** Opens the stores in `file`; `unsupported` for one that a newer version wrote. */
export function openPeerStores(file: string, clock: Clock, log: Log): PeerStores {
  const connection = openPeerDatabase(file);
  const entries = new SqliteEntryStore(connection);
  const files = new SqliteLocalFiles(connection);
  const finder = new NameFinder({
    peer: file,
    search: join(dirname(file), 'search.db'),
    entries,
    clock,
    log,
  });
  const keeper = new DatabaseKeeper({ connection, file, clock, log });
  keeper.start();
  return {
    file,
    entries,
    finder,
    files,
    hashes: new HashesOfWritten(new SqliteHashStore(connection, clock), files),
    jobs: new SqliteJobStore(connection),
    mirrors: new SqliteMirrorStore(connection),
    knownPeers: new SqliteKnownPeerStore(connection),
    links: new SqliteLinkStore(connection),
    memory: new SqliteScanMemory(connection),
    verified: new SqliteVerifyStore(connection),
    pages: new SqlitePageStore(connection),
    async [Symbol.asyncDispose]() {
      await Promise.all([keeper.stop(), finder.stop()]);
      connection.close();
    },
  };
}

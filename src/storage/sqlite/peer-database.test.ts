import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { openDatabase } from './database.ts';
import { SqliteEntryStore } from './entry-store.ts';
import { index } from './migrations/peer/001-index.ts';
import { knownPeers } from './migrations/peer/002-known-peers.ts';
import { jobs } from './migrations/peer/003-jobs.ts';
import { openPeerDatabase } from './peer-database.ts';

it('a peer database of before the bounds counts the bytes of the paths that it has', () => {
  const folder = mkdtempSync(join(tmpdir(), 'peerdex-test-'));
  try {
    const file = join(folder, 'peer.db');
    const old = openDatabase(file, [index, knownPeers, jobs]);
    old.exec(`
      INSERT INTO owners (id, peer, index_id, seq, floor, updated, records) VALUES
        (1, '${'a'.repeat(32)}', '${'0'.repeat(16)}', 2, 0, 1, 2), (2, '${'b'.repeat(32)}', '${'0'.repeat(16)}', 0, 0, 1, 0);
      INSERT INTO entries (owner, parent, name, folded, kind, size, mtime, executable, flag, seq, generation, stamp) VALUES
        (1, '', 'share', 'share', 1, 0, 0, 0, 1, 1, 0, 1), (1, 'share', 'Grüße', 'grusse', 1, 0, 0, 0, 1, 2, 0, 1)`);
    old.close();
    const database = openPeerDatabase(file);
    const store = new SqliteEntryStore(database);
    assert.equal(store.owner('a'.repeat(32))?.pathBytes, 5 + 5 + 1 + 7);
    assert.equal(store.owner('b'.repeat(32))?.pathBytes, 0);
    store.dropOwner('a'.repeat(32), 1);
    assert.ok([5, 5 + 1 + 7].includes(store.owner('a'.repeat(32))!.pathBytes));
    database.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

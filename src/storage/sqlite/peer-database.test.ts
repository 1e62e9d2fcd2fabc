import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { foldName } from '../../core/index-path.ts';
import { openDatabase } from './database.ts';
import { SqliteEntryStore } from './entry-store.ts';
import { index } from './migrations/peer/001-index.ts';
import { knownPeers } from './migrations/peer/002-known-peers.ts';
import { jobs } from './migrations/peer/003-jobs.ts';
import { openPeerDatabase } from './peer-database.ts';

/** The database of another release: with these entries in share/, by their names as they were folded then. */
function old(names: Readonly<Record<string, string>>, use: (store: SqliteEntryStore) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'peerdex-test-'));
  try {
    const file = join(folder, 'peer.db');
    const made = openDatabase(file, [index, knownPeers, jobs]);
    made.exec(`
      INSERT INTO owners (id, peer, index_id, seq, floor, updated, records) VALUES
        (1, '${A}', '${'0'.repeat(16)}', 9, 0, 1, 2), (2, '${B}', '${'0'.repeat(16)}', 0, 0, 1, 0);
      INSERT INTO entries (owner, parent, name, folded, kind, size, mtime, executable, flag, seq, generation, stamp) VALUES
        (1, '', 'share', 'share', 1, 0, 0, 0, 1, 1, 0, 1)`);
    const add = made.prepare(`INSERT INTO entries
      (owner, parent, name, folded, kind, size, mtime, executable, flag, seq, generation, stamp)
      VALUES (1, 'share', ?, ?, 0, 0, 0, 0, 1, 2, 0, 1)`);
    for (const [name, folded] of Object.entries(names)) add.run(name, folded);
    made.close();
    const database = openPeerDatabase(file);
    use(new SqliteEntryStore(database));
    database.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const A = 'a'.repeat(32);
const B = 'b'.repeat(32);

it('a peer database of before the bounds counts the bytes of the paths that it has', () => {
  old({ Grüße: 'grusse' }, (store) => {
    assert.equal(store.owner(A)?.pathBytes, 5 + 5 + 1 + 7);
    assert.equal(store.owner(B)?.pathBytes, 0);
    store.dropOwner(A, 1);
    assert.ok([5, 5 + 1 + 7].includes(store.owner(A)!.pathBytes));
  });
});

it('a peer database of before sigma and ß were folded finds names as new ones are found', () => {
  const names = { 'ΟΔΟΣ.txt': 'οδοσ.txt', 'Οδός 2': 'οδος 2', 'Straße 3': 'straße 3', 'odos 4': 'odos 4' };
  old(names, (store) => {
    const found = (word: string) =>
      store.matching({ parts: [foldName(word)] }, 100).items.map(({ path }) => path);
    assert.deepEqual(found('οδος'), ['share/ΟΔΟΣ.txt', 'share/Οδός 2']);
    assert.deepEqual(found('STRASSE'), ['share/Straße 3']);
  });
});

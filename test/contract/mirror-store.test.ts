import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { MemoryJobStore } from '../../src/storage/memory/job-store.ts';
import { MemoryMirrorStore } from '../../src/storage/memory/mirror-store.ts';
import { SqliteJobStore } from '../../src/storage/sqlite/job-store.ts';
import { SqliteMirrorStore } from '../../src/storage/sqlite/mirror-store.ts';
import { openPeerDatabase } from '../../src/storage/sqlite/peer-database.ts';
import { mirrorStoreContract } from './mirror-store.ts';

mirrorStoreContract('memory', () => {
  const store = new MemoryMirrorStore();
  return { jobs: new MemoryJobStore(), store, reopen: () => store, close() {} };
});

mirrorStoreContract('sqlite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'peerdex-mirrors-'));
  let database = openPeerDatabase(join(folder, 'peer.db'));
  return {
    jobs: new SqliteJobStore(database),
    store: new SqliteMirrorStore(database),
    reopen() {
      database.close();
      database = openPeerDatabase(join(folder, 'peer.db'));
      return new SqliteMirrorStore(database);
    },
    close() {
      database.close();
      rmSync(folder, { recursive: true });
    },
  };
});

test('what a mirror kept goes with its job', () => {
  const folder = mkdtempSync(join(tmpdir(), 'peerdex-mirrors-'));
  const database = openPeerDatabase(join(folder, 'peer.db'));
  try {
    const jobs = new SqliteJobStore(database);
    const mirrors = new SqliteMirrorStore(database);
    const options = { removes: true, removesAll: false, once: false };
    jobs.create(
      {
        id: 'a',
        what: 'w',
        state: 'cancelled',
        root: '/r',
        overwrite: false,
        created: 1,
        ended: 1,
        mirror: options,
      },
      [],
    );
    const origin = { owner: '00', path: 's/x', index: '11' };
    const look = { size: 0, mtime: 0n };
    mirrors.keep('a', [
      { relative: 'x', kind: 'folder', ...look, executable: false, here: look, brought: true, origin },
    ]);
    jobs.prune(2);
    assert.deepEqual(mirrors.kept('a', '', 9), []);
  } finally {
    database.close();
    rmSync(folder, { recursive: true });
  }
});

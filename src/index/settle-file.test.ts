import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemClock } from '../core/clock.ts';
import type { HashKeeper } from '../core/ports/local-contents.ts';
import type { LocalEntry } from '../core/ports/local-file-store.ts';
import { MemoryLocalFiles } from '../storage/memory/local-files.ts';
import { SqliteHashStore } from '../storage/sqlite/hash-store.ts';
import { SqliteLocalFiles } from '../storage/sqlite/local-files.ts';
import { openPeerDatabase } from '../storage/sqlite/peer-database.ts';
import type { LogChange } from './own-log.ts';
import { type HashResult, settleFile } from './settle-file.ts';

const FILE: LocalEntry = {
  ...{ share: 1, parent: '', name: 'f', kind: 'file', size: 5, mtime: 7n, device: 1n, inode: 2n },
  ...{ executable: false, content: undefined, stamp: 0, state: 'pending' },
};

describe('a file that changed while it was hashed', () => {
  const settled = (taken: HashResult['taken']): string | undefined => {
    const files = new MemoryLocalFiles();
    files.put(FILE);
    const [pending] = files.pending(1, 1);
    const log: LogChange[] = [];
    const stores = { files, hashes: {} as HashKeeper };
    settleFile(
      stores,
      { id: 1, name: 's' },
      { id: pending!.id, taken, outcome: { outcome: 'changed' } },
      log,
    );
    assert.deepEqual(log, []);
    return files.get(1, '', 'f')?.state;
  };

  it('waits for the next scan', () => assert.equal(settled(FILE), 'deferred'));

  it('is hashed again where a scan has seen it since', () => {
    assert.equal(settled({ ...FILE, size: 4 }), 'pending');
    assert.equal(settled({ ...FILE, mtime: 6n }), 'pending');
  });
});

describe('a file that was hashed', () => {
  const CONTENT = 'c'.repeat(64);
  const hashed: HashResult['outcome'] = {
    ...{ outcome: 'hashed', content: CONTENT, manifest: { size: 5, groups: new Uint8Array(32) } },
    ...{ leaves: new Uint8Array(32), look: FILE, at: 1_000_000 },
  };

  /** What comes into the log once it was hashed, and what is remembered; `meanwhile`: what happened while it was read. */
  const settled = (meanwhile: (files: SqliteLocalFiles, share: number) => void, before = FILE) => {
    const database = openPeerDatabase(':memory:');
    try {
      const files = new SqliteLocalFiles(database);
      const { id: share, name } = files.addShare('s', '/s');
      files.put({ ...before, share });
      const [taken] = files.pending(share, 1);
      meanwhile(files, share);
      const log: LogChange[] = [];
      const stores = { files, hashes: new SqliteHashStore(database, systemClock) };
      settleFile(stores, { id: share, name }, { id: taken!.id, taken: taken!, outcome: hashed }, log);
      return { log, states: files.directory(share, '').map(({ name, state }) => [name, state]) };
    } finally {
      database.close();
    }
  };

  it('is listed', () => {
    const { log, states } = settled(() => {});
    assert.deepEqual(
      log.map((one) => 'entry' in one && [one.entry.path, one.entry.content]),
      [['s/f', CONTENT]],
    );
    assert.deepEqual(states, [['f', 'settled']]);
  });

  it('gives nothing to another one that came in its place', () => {
    const { log, states } = settled((files, share) => {
      files.remove(share, '', 'f');
      files.put({ ...FILE, share, name: 'other', inode: 3n, size: 9 });
    });
    assert.deepEqual(log, []);
    assert.deepEqual(states, [['other', 'pending']]);
  });

  it('is hashed again where a scan has seen it since, as something else', () => {
    const { log, states } = settled((files, share) => files.put({ ...FILE, share, mtime: 8n }));
    assert.deepEqual(log, []);
    assert.deepEqual(states, [['f', 'pending']]);
  });

  it('is listed where that is what a scan has seen since', () => {
    const { log } = settled((files, share) => files.put({ ...FILE, share }), { ...FILE, mtime: 6n });
    assert.equal(log.length, 1);
  });
});

import assert from 'node:assert/strict';
import type { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { tempFolder } from '../../../test/harness/temp-folder.ts';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import type { PeerdexError } from '../../core/errors.ts';
import { inTransaction } from './database.ts';
import { SqliteHashStore } from './hash-store.ts';
import { SqliteJobStore } from './job-store.ts';
import { openPeerDatabase } from './peer-database.ts';

const CONTENT = 'ab'.repeat(32);

describe('a database whose disk is full', () => {
  const writes: Readonly<Record<string, (database: DatabaseSync) => void>> = {
    'a transaction': (database) => inTransaction(database, () => fill(database)),
    'a job': (database) => {
      const items = Array.from({ length: 1000 }, (_, i) => ({
        relative: `${i}`,
        kind: 'file' as const,
        size: 1,
      }));
      const job = { id: 'j', what: 'j', state: 'queued', root: '/', overwrite: false, created: 1 } as const;
      new SqliteJobStore(database).create(job, items);
    },
    'leaf hashes': (database) =>
      new SqliteHashStore(database, new ManualClock()).putLeaves(CONTENT, 0, new Uint8Array(100_000)),
    'a manifest': (database) =>
      new SqliteHashStore(database, new ManualClock()).putManifest(CONTENT, {
        size: 1,
        groups: new Uint8Array(100_000),
      }),
  };
  for (const [what, write] of Object.entries(writes)) {
    it(`says no-space for ${what}, and can be used again`, async () => {
      await using folder = await tempFolder();
      const database = openPeerDatabase(folder.join('peer.db'));
      try {
        const { page_count: pages } = database.prepare('PRAGMA page_count').get() as { page_count: number };
        database.exec(`PRAGMA max_page_count = ${pages + 2}`);
        assert.throws(
          () => write(database),
          ({ code, message, retry }: PeerdexError) => code === 'no-space' && retry && /full/.test(message),
        );
        assert.equal(database.isTransaction, false);
        database.exec('PRAGMA max_page_count = 100000');
        write(database);
      } finally {
        database.close();
      }
    });
  }
});

function fill(database: DatabaseSync): void {
  database
    .prepare('INSERT INTO manifests (content, size, groups, stamp) VALUES (?, 1, ?, 1)')
    .run(Buffer.from(CONTENT, 'hex'), Buffer.alloc(100_000));
}

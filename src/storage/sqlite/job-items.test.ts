import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { JobItem, JobRecord } from '../../core/job.ts';
import { openDatabase } from './database.ts';
import { SqliteJobStore } from './job-store.ts';
import { openPeerDatabase, PEER_MIGRATIONS } from './peer-database.ts';

const idOf = (n: number): string => n.toString(16).padStart(8, '0').repeat(8);
const job: JobRecord = { id: 'a', what: 'x', state: 'queued', root: '/to', overwrite: false, created: 1 };

describe('items of jobs in pages', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'peerdex-items-'));
    file = join(folder, 'peer.db');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('a job is there with all of its items or not at all', () => {
    const database = openPeerDatabase(file);
    const store = new SqliteJobStore(database);
    const item = (n: number) => ({ relative: `f${n}`, kind: 'file' as const, size: n, content: idOf(n) });
    const items = Array.from({ length: 600 }, (_, n) => item(n));
    for (const content of ['a'.repeat(62), 'x'.repeat(64)]) {
      assert.throws(() => store.create(job, [...items, { ...item(600), content }]), { code: 'usage' });
      assert.equal(store.get('a'), undefined);
      assert.equal(count(database, 'job_page') + count(database, 'job_page_items'), 0);
    }
    store.create(job, items);
    store.endItem('a', 599, 'failed', 'failed', 'why');
    assert.throws(() => store.setItems('a', [{ ...item(600), content: 'a' }]), { code: 'usage' });
    assert.equal(store.totals('a').open, 599);
    store.setItems('a', items.slice(0, 1));
    assert.equal(count(database, 'job_page') + count(database, 'job_page_items'), 2);
    assert.equal(count(database, 'job_failure'), 0, 'they go with their page');
    database.close();
  });

  it('those of a database of before come over as they were', () => {
    const old = openDatabase(file, PEER_MIGRATIONS.slice(0, 14));
    const before = oldItems(1500);
    insertOld(old, before);
    old.close();
    const database = openPeerDatabase(file);
    const store = new SqliteJobStore(database);
    for (const id of ['a', 'b'])
      for (const state of ['open', 'done', 'failed'] as const)
        assert.deepEqual(
          store.items(id, state, -1, 2000),
          before.filter((item) => item.state === state),
        );
    const large = before.filter(({ state, size }) => state === 'open' && size > 262_144);
    assert.deepEqual(store.items('a', 'open', -1, 2000, 'others'), large);
    const sizes = (some: readonly JobItem[]) => some.reduce((sum, { size }) => sum + size, 0);
    const count = (which: string) => before.filter(({ state }) => state === which).length;
    assert.deepEqual(store.totals('a'), {
      files: before.filter(({ kind }) => kind === 'file').length,
      size: sizes(before),
      doneBytes: sizes(before.filter(({ state }) => state === 'done')),
      ...{ open: count('open'), done: count('done'), failed: count('failed') },
    });
    const { content } = large[3]!;
    assert.equal(store.keeps(new Set([content!]), 'a')(content!), false, 'the other job is done');
    assert.equal(store.keeps(new Set([content!]))(content!), true);
    database.close();
  });
});

const count = (database: DatabaseSync, table: string): number =>
  Number(database.prepare(`SELECT count(*) AS rows FROM ${table}`).get()!.rows);

/** Of all kinds. */
function oldItems(many: number): readonly JobItem[] {
  return Array.from({ length: many }, (_, ordinal) => {
    const state = (['open', 'done', 'open', 'failed'] as const)[(ordinal >> 2) % 4]!;
    const isFolder = ordinal % 9 === 0;
    return {
      ordinal,
      relative: `d/"Zöe" 🎈\n${ordinal}`,
      kind: isFolder ? 'folder' : 'file',
      size: isFolder ? 0 : ordinal % 5 === 0 ? 2 ** 43 + ordinal : 262_144 + (ordinal % 2),
      content: isFolder ? undefined : idOf(ordinal),
      state,
      code: state === 'failed' ? 'no-space' : undefined,
      reason: state === 'failed' ? `why ${ordinal}` : undefined,
      ...(ordinal % 4 > 0 ? { mtime: BigInt(ordinal) ** 5n - 2n ** 40n } : {}),
      ...(ordinal % 3 > 0 ? { executable: ordinal % 3 > 1 } : {}),
    };
  });
}

/** Of one job that is queued, and of one that is done. */
function insertOld(database: DatabaseSync, items: readonly JobItem[]): void {
  database.exec(`INSERT INTO job (id, what, state, root, overwrite, created) VALUES
    ('a', 'x', 'queued', '/to', 0, 1), ('b', 'x', 'done', '/to', 0, 1)`);
  const insert = database.prepare('INSERT INTO job_item VALUES (?, ?, ?, ?, unhex(?), ?, ?, ?, ?, ?)');
  for (const id of ['b', 'a'])
    for (const { ordinal, relative, size, content, state, code, reason, mtime, executable } of items) {
      const looks = [mtime ?? null, executable === undefined ? null : Number(executable)];
      insert.run(id, ordinal, relative, size, content ?? null, state, code ?? null, reason ?? null, ...looks);
    }
}

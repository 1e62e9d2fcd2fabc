import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ItemState, JobRecord } from '../../src/core/job.ts';
import type { JobStore, WhichItems } from '../../src/core/ports/job-store.ts';
import type { WantedItem } from '../../src/core/wanted.ts';

const content = (n: number): string => n.toString(16).padStart(4, '0').repeat(16);

/** What every JobStore must do. `reopen`: the same one after an end and a start. */
export function jobStoreContract(
  adapter: string,
  open: () => { readonly store: JobStore; reopen(): JobStore; close(): void },
): void {
  const check = (what: string, body: (store: JobStore, reopen: () => JobStore) => void) =>
    test(`${adapter} job store: ${what}`, () => {
      const { store, reopen, close } = open();
      try {
        body(store, reopen);
      } finally {
        close();
      }
    });

  check('a job and its items come back as they were', (store, reopen) => {
    assert.equal(store.get('none'), undefined);
    assert.deepEqual(store.all(), []);
    const bare = job('a', { created: 5 });
    const full = job('b', {
      created: 4,
      what: 'Öl & 写真 🎈',
      overwrite: true,
      from: 'ab'.repeat(16),
      reason: 'why',
      ended: 7,
      state: 'failed',
    });
    store.create(bare, [file(1), folder(), file(2)]);
    store.create(full, []);
    store.setRoot('b', 2n ** 64n - 1n);
    const again = reopen();
    assert.deepEqual(again.get('a'), bare);
    assert.deepEqual(again.get('b'), { ...full, rootInode: 2n ** 64n - 1n });
    assert.deepEqual(
      again.all().map(({ id }) => id),
      ['b', 'a'],
      'oldest first',
    );
    assert.deepEqual(again.items('a', 'open', -1, 10), [
      { ...file(1), ordinal: 0, state: 'open', code: undefined, reason: undefined },
      { ...folder(), ordinal: 1, state: 'open', code: undefined, reason: undefined },
      { ...file(2), ordinal: 2, state: 'open', code: undefined, reason: undefined },
    ]);
    assert.deepEqual(again.items('b', 'open', -1, 10), []);
  });

  check('jobs of the same moment stay in the order in which they were made', (store, reopen) => {
    for (const id of ['z', 'a', 'm']) store.create(job(id), []);
    assert.deepEqual(
      reopen()
        .all()
        .map(({ id }) => id),
      ['z', 'a', 'm'],
    );
  });

  check('a change of the state replaces reason and end too', (store, reopen) => {
    store.create(job('a'), []);
    store.update('a', { state: 'failed', reason: 'because', ended: 9 });
    assert.deepEqual(reopen().get('a'), job('a', { state: 'failed', reason: 'because', ended: 9 }));
    store = reopen();
    store.update('a', { state: 'queued' });
    assert.deepEqual(store.get('a'), job('a'));
    store.update('none', { state: 'done' });
    assert.equal(store.get('none'), undefined);
  });

  check('items are listed by state, in order, a page at a time', (store, reopen) => {
    store.create(
      job('a'),
      Array.from({ length: 25 }, (_, i) => file(i)),
    );
    const ordinals = (of: JobStore, state: 'open' | 'done' | 'failed', after: number, limit: number) =>
      of.items('a', state, after, limit).map(({ ordinal }) => ordinal);
    assert.deepEqual(ordinals(store, 'open', -1, 3), [0, 1, 2]);
    assert.deepEqual(ordinals(store, 'open', 22, 10), [23, 24]);
    store.endItem('a', 1, 'done');
    store.endItem('a', 3, 'failed', 'no-space', 'full');
    const again = reopen();
    assert.deepEqual(ordinals(again, 'open', -1, 3), [0, 2, 4]);
    assert.deepEqual(ordinals(again, 'done', -1, 9), [1]);
    const [failed] = again.items('a', 'failed', -1, 9);
    assert.deepEqual([failed?.ordinal, failed?.code, failed?.reason], [3, 'no-space', 'full']);
    again.reopen('a');
    assert.deepEqual(ordinals(again, 'open', -1, 4), [0, 2, 3, 4]);
    const reopened = again.items('a', 'open', 2, 1)[0];
    assert.deepEqual([reopened?.code, reopened?.reason], [undefined, undefined]);
    assert.deepEqual(ordinals(again, 'done', -1, 9), [1], 'what is done stays done');
  });

  check('thousands of items keep their order, looks and ends', (store, reopen) => {
    const items = Array.from({ length: 1300 }, (_, i) =>
      i % 100 === 7 ? folder(i) : file(i, i % 3 ? 10 : 2 ** 40 + i),
    );
    store.create(job('other'), items.slice(0, 600));
    store.create(job('a'), items);
    const isLarge = (i: number) => i % 100 !== 7 && i % 3 === 0;
    const all = items.map((_, i) => i);
    const ordinals = (of: JobStore, state: ItemState, after = -1, limit = 2000, which?: WhichItems) =>
      of.items('a', state, after, limit, which).map(({ ordinal }) => ordinal);
    assert.deepEqual(
      store.items('a', 'open', -1, 2000),
      items.map((item, ordinal) => ({ ...item, ordinal, state: 'open', code: undefined, reason: undefined })),
    );
    assert.deepEqual(ordinals(store, 'open', 500, 600), all.slice(501, 1101));
    assert.deepEqual(ordinals(store, 'open', 1299), []);
    assert.deepEqual(
      ordinals(store, 'open', 40, 400, 'others'),
      all
        .filter(isLarge)
        .filter((i) => i > 40)
        .slice(0, 400),
    );
    const done = all.filter((i) => i % 2 === 0 || (i > 500 && i < 1030));
    store.endItems('a', [...done, 1300, 5000].reverse());
    store.endItems('none', [1]);
    store.endItem('none', 1, 'done');
    store.endItem('a', 1300, 'failed', 'failed', 'nobody');
    for (const i of [1, 511, 1023, 1299]) store.endItem('a', i, 'failed', 'no-space', `why ${i}`);
    store = reopen();
    const failed = [1, 511, 1023, 1299];
    const open = all.filter((i) => !done.includes(i) && !failed.includes(i));
    assert.deepEqual(
      ordinals(store, 'open', -1, 2000, 'small'),
      open.filter((i) => !isLarge(i)),
    );
    assert.deepEqual(
      ordinals(store, 'open', 300, 5, 'others'),
      open.filter((i) => isLarge(i) && i > 300).slice(0, 5),
    );
    assert.deepEqual(
      ordinals(store, 'done'),
      done.filter((i) => !failed.includes(i)),
    );
    assert.deepEqual(
      store.items('a', 'failed', 1, 9).map(({ ordinal, code, reason }) => [ordinal, code, reason]),
      failed.slice(1).map((i) => [i, 'no-space', `why ${i}`]),
    );
    const bytesOf = (some: readonly number[]) => some.reduce((sum, i) => sum + items[i]!.size, 0);
    assert.deepEqual(store.totals('a'), {
      files: 1287,
      size: bytesOf(all),
      doneBytes: bytesOf(done.filter((i) => !failed.includes(i))),
      open: open.length,
      done: 1300 - open.length - 4,
      failed: 4,
    });
    store.endItems('a', [1, 1, 0]);
    assert.deepEqual(ordinals(store, 'failed'), [511, 1023, 1299]);
    assert.deepEqual(
      [ordinals(store, 'done', 0, 1), store.items('a', 'done', 0, 1)[0]?.reason],
      [[1], undefined],
    );
    store.reopen('a');
    assert.deepEqual(
      ordinals(store, 'open'),
      [...open, 511, 1023, 1299].sort((x, y) => x - y),
    );
    store.endItem('a', 511, 'failed', 'failed');
    assert.deepEqual(
      store.items('a', 'failed', -1, 9).map(({ ordinal, code, reason }) => [ordinal, code, reason]),
      [[511, 'failed', undefined]],
    );
    assert.equal(store.totals('other').open, 600);
    store.setItems('a', items.slice(0, 3));
    assert.deepEqual(
      [ordinals(store, 'open'), ordinals(store, 'failed'), ordinals(store, 'done')],
      [[0, 1, 2], [], []],
    );
  });

  check('how a file is to look comes back as it was told', (store, reopen) => {
    const looks = [
      { mtime: 0n, executable: false },
      { mtime: -(2n ** 62n), executable: true },
      { mtime: 2n ** 63n - 1n },
      { executable: true },
      {},
    ];
    const items = looks.map((look, i) => ({
      ...file(i, i === 4 ? 0 : 2 ** 52 + i),
      ...look,
      relative: `"\\ \u0001\n${i}`,
    }));
    store.create(job('a'), items);
    assert.deepEqual(
      reopen().items('a', 'open', -1, 9),
      items.map((item, ordinal) => ({ ...item, ordinal, state: 'open', code: undefined, reason: undefined })),
    );
  });

  check('totals are what the items come to', (store) => {
    store.create(job('a'), [file(1, 100), folder(), file(2, 2 ** 44), file(3, 7)]);
    store.create(job('b'), [file(1, 1)]);
    assert.deepEqual(store.totals('a'), {
      files: 3,
      size: 2 ** 44 + 107,
      doneBytes: 0,
      open: 4,
      done: 0,
      failed: 0,
    });
    store.endItem('a', 0, 'done');
    store.endItem('a', 1, 'done');
    store.endItem('a', 3, 'failed', 'failed', 'x');
    assert.deepEqual(store.totals('a'), {
      files: 3,
      size: 2 ** 44 + 107,
      doneBytes: 100,
      open: 1,
      done: 2,
      failed: 1,
    });
    assert.deepEqual(store.totals('none'), { files: 0, size: 0, doneBytes: 0, open: 0, done: 0, failed: 0 });
  });

  check(
    'a content is kept for open and failed items of jobs that have not ended well or been cancelled',
    (store, reopen) => {
      const keeps = (n: number, except?: string, from = store) =>
        from.keeps(new Set([content(n)]), except)(content(n));
      store.create(job('a'), [file(1), file(2)]);
      store.create(job('b'), [file(1)]);
      assert.deepEqual([keeps(1), keeps(3)], [true, false]);
      assert.deepEqual([keeps(2, 'a'), keeps(1, 'a')], [false, true], 'for another job');
      store.update('a', { state: 'cancelled' });
      assert.deepEqual([keeps(2), keeps(1)], [false, true], 'a cancelled job goes on with nothing');
      store.endItem('b', 0, 'done');
      assert.equal(keeps(1, undefined, reopen()), false, 'it is there');
      store = reopen();
      store.create(job('c', { state: 'paused' }), [file(4)]);
      assert.equal(keeps(4), true);
      store.endItem('c', 0, 'failed', 'failed', 'x');
      assert.deepEqual([keeps(4), keeps(4, 'c')], [true, false], 'the job may be resumed');
      store.endItem('c', 0, 'done');
      const [isKept, others] = [store.keeps(new Set([content(4), content(5)])), store.keeps(new Set())];
      assert.deepEqual([isKept(content(5)), isKept(content(4)), others(content(4))], [false, false, false]);
      store.create(job('d'), [file(5)]);
      assert.deepEqual([isKept(content(5)), isKept(content(4))], [true, false], 'it has begun since');
    },
  );

  check('a mirror comes back as it was, and its items and options can be exchanged', (store, reopen) => {
    const mirror = { removes: true, removesAll: false, once: false, inode: undefined };
    store.create(job('m', { mirror }), [file(1), file(2)]);
    store.create(job('plain'), [file(1)]);
    store.endItem('m', 0, 'failed', 'failed', 'x');
    store.setItems('m', [file(3)]);
    const other = { removes: false, removesAll: true, once: true, inode: 2n ** 63n + 1n };
    store.setMirror('m', other);
    store.setMirror('plain', other);
    const again = reopen();
    assert.deepEqual(again.get('m'), job('m', { mirror: other }));
    assert.deepEqual(again.get('plain'), job('plain'));
    assert.deepEqual(
      again.items('m', 'open', -1, 9).map((item) => item.content),
      [content(3)],
    );
    assert.deepEqual(again.totals('m'), {
      files: 1,
      size: again.totals('m').size,
      done: 0,
      doneBytes: 0,
      open: 1,
      failed: 0,
    });
    assert.equal(again.items('plain', 'open', -1, 9).length, 1);
  });

  check('of mirrors only the cancelled are forgotten', (store, reopen) => {
    const mirror = { removes: true, removesAll: false, once: true, inode: undefined };
    store.create(job('done', { mirror, state: 'done', ended: 10 }), []);
    store.create(job('cancelled', { mirror, state: 'cancelled', ended: 10 }), []);
    store.prune(20);
    assert.deepEqual(
      reopen()
        .all()
        .map(({ id }) => id),
      ['done'],
    );
  });

  check('jobs that ended long ago are forgotten with their items, others never', (store, reopen) => {
    store.create(job('old', { state: 'done', ended: 10 }), [file(1)]);
    store.create(job('new', { state: 'done', ended: 20 }), [file(2)]);
    store.create(job('open'), [file(3)]);
    store.prune(20);
    const again = reopen();
    assert.deepEqual(
      again
        .all()
        .map(({ id }) => id)
        .sort(),
      ['new', 'open'],
    );
    assert.deepEqual(again.items('old', 'open', -1, 9), []);
    assert.equal(again.items('open', 'open', -1, 9).length, 1);
  });
}

const job = (id: string, other: Partial<JobRecord> = {}): JobRecord => ({
  id,
  what: 'seed:a.txt',
  state: 'queued',
  reason: undefined,
  root: '/tmp/to',
  overwrite: false,
  from: undefined,
  created: 1,
  ended: undefined,
  ...other,
});

const file = (n: number, size = 10): WantedItem => ({
  relative: `a/Zöe ${n}`,
  kind: 'file',
  size,
  content: content(n),
});

const folder = (n = 0): WantedItem => ({
  relative: `empty ${n}`,
  kind: 'folder',
  size: 0,
  content: undefined,
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LEAF_BYTES } from '../core/leaf-layout.ts';
import { silentLog } from '../core/ports/log.ts';
import { MemoryJobStore } from '../storage/memory/job-store.ts';
import { MemoryPartialStore } from '../storage/memory/partial-store.ts';
import { discardPartials, forgetOldJobs } from './job-leftovers.ts';

const DAY = 24 * 3600 * 1000;
const SIZE = LEAF_BYTES * 2;
const contentOf = (digit: string): string => digit.repeat(64);

function add(
  store: MemoryJobStore,
  id: string,
  state: 'done' | 'failed' | 'paused' | 'cancelled',
  ended?: number,
  content = '1',
): void {
  const record = { id, what: id, state, root: '/to', overwrite: false, created: 0, ended } as const;
  const item = { relative: id, kind: 'file', size: SIZE, content: contentOf(content) } as const;
  store.create(record, [item]);
}

async function partial(partials: MemoryPartialStore, content: string): Promise<void> {
  const opened = await partials.open(contentOf(content), SIZE, { root: '/to', relative: content });
  await opened.write(0, new Uint8Array(LEAF_BYTES));
  await opened.close();
}

describe('what downloads leave behind', () => {
  it('jobs that ended are forgotten after 7 days, others never', async () => {
    const store = new MemoryJobStore();
    add(store, 'old', 'done', DAY);
    add(store, 'new', 'done', 3 * DAY);
    add(store, 'paused', 'paused');
    await forgetOldJobs(9 * DAY, store, new MemoryPartialStore(), silentLog);
    assert.deepEqual(
      store.all().map(({ id }) => id),
      ['new', 'paused'],
    );
  });

  it('what one fetched in part is kept for another that failed, and goes with the last', async () => {
    const store = new MemoryJobStore();
    const partials = new MemoryPartialStore();
    await partial(partials, '1');
    add(store, 'failed', 'failed');
    store.endItem('failed', 0, 'failed', 'unavailable', 'nobody has it');
    add(store, 'other', 'paused');
    await discardPartials('other', store, partials);
    assert.equal((await partials.kept()).size, 1);
    store.update('other', { state: 'cancelled' });
    await discardPartials('failed', store, partials);
    assert.equal((await partials.kept()).size, 0);
  });

  it('of jobs that ended the last 1,000 are remembered', async () => {
    const store = new MemoryJobStore();
    for (let i = 0; i < 1200; i += 1) add(store, `j${i}`, 'done', 1000 + i);
    add(store, 'paused', 'paused');
    await forgetOldJobs(DAY, store, new MemoryPartialStore(), silentLog);
    const left = store.all().map(({ id }) => id);
    assert.equal(left.length, 1001);
    assert.ok(left.includes('j200') && left.includes('paused') && !left.includes('j199'));
  });

  it('partials stay for jobs that can go on, and go where a crash has left them to nobody', async () => {
    const store = new MemoryJobStore();
    const partials = new MemoryPartialStore();
    add(store, 'paused', 'paused', undefined, '1');
    add(store, 'failed', 'failed', DAY, '2');
    store.endItem('failed', 0, 'failed', 'failed', 'no source');
    add(store, 'cancelled', 'cancelled', DAY, '3');
    for (const content of ['1', '2', '3', '4']) await partial(partials, content);
    await forgetOldJobs(2 * DAY, store, partials, silentLog);
    assert.deepEqual([...(await partials.kept()).keys()].sort(), [contentOf('1'), contentOf('2')]);
    await forgetOldJobs(9 * DAY, store, partials, silentLog);
    assert.deepEqual([...(await partials.kept()).keys()], [contentOf('1')]);
  });
});

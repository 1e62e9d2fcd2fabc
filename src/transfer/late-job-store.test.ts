import assert from 'node:assert/strict';
import { it } from 'node:test';
import { jobStoreContract } from '../../test/contract/job-store.ts';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { silentLog } from '../core/ports/log.ts';
import { MemoryJobStore } from '../storage/memory/job-store.ts';
import { LateJobStore } from './late-job-store.ts';

const late = (store: MemoryJobStore): LateJobStore => new LateJobStore(store, new ManualClock(), silentLog);

jobStoreContract('late', () => {
  const store = new MemoryJobStore();
  return { store: late(store), reopen: () => late(store), close() {} };
});

/** Nothing of what became of jobs can be written, and nobody notices. */
jobStoreContract('late, on a full disk,', () => {
  const store = new MemoryJobStore();
  store.update = full;
  store.endItem = full;
  const one = late(store);
  return { store: one, reopen: () => one, close: () => one.stop() };
});

it('pages over late items in their order, and leaves none out', () => {
  const store = new MemoryJobStore();
  const one = late(store);
  const items = Array.from({ length: 50 }, (_, i) => ({
    relative: String(i),
    kind: 'file' as const,
    size: 1,
    content: 'ab'.repeat(32),
  }));
  one.create({ id: 'j', what: 'j', state: 'queued', root: '/', overwrite: false, created: 1 }, items);
  for (let i = 0; i < 50; i += 3) one.endItem('j', i, 'failed', 'failed', 'stored');
  store.endItem = full;
  for (let i = 0; i < 50; i += 2) if (i % 3 > 0) one.endItem('j', i, 'failed', 'no-space', 'late');
  const walk = (state: 'open' | 'failed') => {
    const found: number[] = [];
    for (;;) {
      const page = one.items('j', state, found.at(-1) ?? -1, 4);
      if (page.length === 0) break;
      found.push(...page.map(({ ordinal }) => ordinal));
    }
    return found;
  };
  const all = Array.from({ length: 50 }, (_, i) => i);
  assert.deepEqual(
    walk('failed'),
    all.filter((i) => i % 3 === 0 || i % 2 === 0),
  );
  assert.deepEqual(
    walk('open'),
    all.filter((i) => i % 3 > 0 && i % 2 > 0),
  );
});

function full(): never {
  throw new Error('database or disk is full');
}

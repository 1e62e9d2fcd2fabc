import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import type { JobItem } from '../../core/job.ts';
import { MemoryJobStore } from '../../storage/memory/job-store.ts';
import type { JobEvent } from '../job-events.ts';
import { SettledItems, type SettledItemsOptions } from './settled-items.ts';

const JOB = {
  id: 'job',
  what: 'set/',
  state: 'running',
  root: '/out',
  overwrite: false,
  created: 0,
} as const;
const item = (ordinal: number): JobItem => ({
  ...{ ordinal, relative: `file ${ordinal}`, kind: 'file', size: 10, state: 'open' },
  content: String(ordinal).padStart(64, '0'),
});

describe('SettledItems', () => {
  it('counts what is there until it is written down, and tells it then', () => {
    const clock = new ManualClock();
    const store = new MemoryJobStore();
    store.create({ ...JOB, from: undefined }, [item(0), item(1)]);
    const told: JobEvent[] = [];
    const options = { job: JOB, store, parts: { clock }, emit: (event: JobEvent) => told.push(event) };
    const settled = new SettledItems({
      ...options,
      pathOf: (_job: unknown, { relative }: JobItem) => `/out/${relative}`,
    } as unknown as SettledItemsOptions);
    settled.done({ item: item(0), seconds: 0 });
    settled.done({ item: item(1), seconds: 0 });
    assert.deepEqual([settled.bytes, store.totals('job').doneBytes, told.length], [20, 0, 0]);
    clock.advance(1000);
    assert.deepEqual([settled.bytes, store.totals('job').doneBytes], [0, 20]);
    assert.deepEqual(
      told.map((event) => event.event === 'together' && event.size),
      [20],
    );
  });
});

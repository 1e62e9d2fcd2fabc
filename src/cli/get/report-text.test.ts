import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Output } from '../output/output.ts';
import { DoneFiles } from './done-files.ts';
import type { EventOf } from './follow.ts';
import { reportText, summaryLines } from './report-text.ts';

const done = (path: string, parts: Partial<EventOf<'done'>> = {}): EventOf<'done'> => ({
  event: 'done',
  job: '1',
  path,
  content: 'c'.repeat(64),
  bytes: 50e6,
  seconds: 2,
  sources: [{ peer: 'a'.repeat(32), bytes: 50e6 }],
  ...parts,
});
const names = new Map([['a'.repeat(32), 'alice']]);
const outcome = (...events: (EventOf<'done'> | EventOf<'together'>)[]) => {
  const done = new DoneFiles();
  for (const event of events) done.take(event);
  return { done, failed: [], stopped: [], seconds: 4 };
};

describe('summaryLines', () => {
  it('one file: time, bytes, throughput both ways, sources', () => {
    assert.deepEqual(summaryLines(outcome(done('/d/x.bin')), names), [
      '/d/x.bin: 50.0 MB in 2.00 s, 25.0 MB/s (200 Mbit/s), from alice 50.0 MB',
    ]);
  });

  it('several: each, and all together by the wall clock', () => {
    const there = done('/d/y', { bytes: 0, seconds: 0, sources: [] });
    assert.deepEqual(summaryLines(outcome(done('/d/x.bin'), there), names), [
      '/d/x.bin: 50.0 MB in 2.00 s, 25.0 MB/s (200 Mbit/s), from alice 50.0 MB',
      '/d/y: in place, nothing had to be fetched',
      '2 files: 50.0 MB in 4.00 s, 12.5 MB/s (100 Mbit/s), from alice 50.0 MB',
    ]);
  });

  it('many: all together, where they are, and how many were here', () => {
    const events = Array.from({ length: 500 }, (_, i) => done(`/d/set/${i % 2}/${i}`));
    const held = done('/d/set/0/held', { bytes: 0, sources: [] });
    const [line, ...rest] = summaryLines(outcome(...events, held), new Map());
    assert.deepEqual(rest, []);
    assert.match(line!, /^501 files in \/d\/set: 25\.0 GB .*, from a{32} 25\.0 GB, 1 of them here before$/);
  });

  it('many that were told of together: as if each had been', () => {
    const peer = 'a'.repeat(32);
    const sum = {
      event: 'together' as const,
      job: '1',
      size: 60e6,
      held: 2,
      sources: [{ peer, bytes: 50e6 }],
    };
    const some = { ...sum, folder: '/d/set/a', files: 20, bytes: 50e6 };
    const lines = summaryLines(
      outcome(done('/d/set/b/x'), some, { ...some, folder: '/d/set/a/deep' }),
      names,
    );
    assert.deepEqual(lines, [
      '41 files in /d/set: 150 MB in 4.00 s, 37.5 MB/s (300 Mbit/s), from alice 150 MB, 4 of them here before',
    ]);
  });
});

describe('failures', () => {
  it('of a large folder are told up to twenty, and counted then', () => {
    const noted: string[] = [];
    const output = { note: (line: string) => void noted.push(line) } as unknown as Output;
    const reporter = reportText(output, { asks: false });
    for (let i = 1; i <= 23; i += 1)
      reporter.event({ event: 'failed', path: `/d/${i}`, code: 'failed', reason: 'no' });
    reporter.end();
    assert.deepEqual(noted.slice(19), ['peerdex: /d/20: no', 'peerdex: and 3 more failed']);
  });
});

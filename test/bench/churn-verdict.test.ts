import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Sample } from '../../bench/churn-hour/sample.ts';
import { trends } from '../../bench/churn-hour/verdict.ts';

const MIB = 2 ** 20;
const STILL: Sample = {
  ...{ rss: 130 * MIB, heap: 30 * MIB, external: 8 * MIB, fds: 34, database: MIB },
  ...{ wal: 4 * MIB, folder: 6 * MIB, partials: 0 },
};

/** Which measures are said to grow, of a run in which these change with the minute. */
const growing = (minutes: number, changes: (minute: number) => Partial<Sample>): string[] =>
  trends(Array.from({ length: minutes }, (_, minute) => ({ ...STILL, ...changes(minute) })))
    .filter(({ grows }) => grows)
    .map(({ measure }) => measure);

describe('the verdict of an hour of churn', () => {
  it('lets pass what swings, and what fills up to a bound in the first half', () => {
    const changes = (minute: number) => ({
      heap: (28 + (minute % 14) * 0.45) * MIB,
      fds: 34 + (minute % 3) * 6,
      database: Math.min(minute, 25) * 0.2 * MIB,
      partials: minute % 4,
    });
    assert.deepEqual(growing(60, changes), []);
  });

  it('names what goes on growing, as what 4 KB a request did to the registry', () => {
    assert.deepEqual(
      growing(60, (minute) => ({ heap: (25 + minute * 1.5) * MIB, rss: (104 + minute * 1.5) * MIB })),
      ['rss', 'heap'],
    );
    assert.deepEqual(
      growing(60, (minute) => ({ fds: 34 + minute, partials: minute })),
      ['fds', 'partials'],
    );
  });
});

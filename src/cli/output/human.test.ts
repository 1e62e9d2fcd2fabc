import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  humanBitRate,
  humanCount,
  humanRate,
  humanSeconds,
  humanSize,
  humanThroughput,
  humanTime,
} from './human.ts';

describe('numbers for people', () => {
  it('sizes', () => {
    assert.deepEqual(
      [0, 1, 999, 1000, 1500, 99_950, 999_499, 999_999, 50_000_000, 2 ** 30, 1e15].map(humanSize),
      [
        '0 B',
        '1 B',
        '999 B',
        '1.0 kB',
        '1.5 kB',
        '100 kB',
        '999 kB',
        '1.0 MB',
        '50.0 MB',
        '1.1 GB',
        '1.0 PB',
      ],
    );
  });

  it('rates in bytes and bits', () => {
    assert.equal(humanRate(12_500_000), '12.5 MB/s');
    assert.equal(humanBitRate(12_500_000), '100 Mbit/s');
    assert.equal(humanThroughput(50_000_000, 2), '25.0 MB/s (200 Mbit/s)');
    assert.equal(humanThroughput(0, 0), '0 B/s (0 bit/s)');
  });

  it('durations', () => {
    assert.deepEqual(
      [0, 0.0123, 2.5, 59.4, 59.6, 61, 3600, 90_061, Number.POSITIVE_INFINITY].map(humanSeconds),
      ['0.000 s', '0.012 s', '2.50 s', '59 s', '1 min 0 s', '1 min 1 s', '1 h 0 min', '1 d 1 h', 'unknown'],
    );
  });

  it('times and counts', () => {
    assert.match(humanTime('2026-01-02T03:04:05Z'), /^2026-01-0[123] \d\d:04$/);
    assert.equal(humanTime(null), '');
    assert.equal(humanTime('no time'), '');
    assert.deepEqual(
      [0, 1, 2, 1234567].map((count) => humanCount(count, 'file')),
      ['0 files', '1 file', '2 files', '1,234,567 files'],
    );
    assert.equal(humanCount(2, 'entry', 'entries'), '2 entries');
  });
});

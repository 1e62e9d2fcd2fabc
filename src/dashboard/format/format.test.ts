import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatCount, formatRate, formatSize, percentOf } from './amounts.ts';
import { formatAgo, formatDuration, formatTimeLeft } from './times.ts';

describe('amounts for people', () => {
  it('sizes have one digit while they are small, and never read 1000', () => {
    assert.equal(formatSize(0), '0 B');
    assert.equal(formatSize(999), '999 B');
    assert.equal(formatSize(1000), '1.0 kB');
    assert.equal(formatSize(999_499), '999 kB');
    assert.equal(formatSize(999_500), '1.0 MB');
    assert.equal(formatSize(123_456_789), '123 MB');
    assert.equal(formatSize(Number.MAX_SAFE_INTEGER), '9.0 PB');
  });

  it('a rate of nothing is nothing', () => {
    assert.equal(formatRate(0), '');
    assert.equal(formatRate(12_300_000), '12.3 MB/s');
  });

  it('counts agree with their noun', () => {
    assert.equal(formatCount(1, 'file'), '1 file');
    assert.equal(formatCount(12_345, 'file'), '12,345 files');
    assert.equal(formatCount(2, 'entry', 'entries'), '2 entries');
  });

  it('100 % is said of what is whole only', () => {
    assert.equal(percentOf(999_999, 1_000_000), 99);
    assert.equal(percentOf(1_000_000, 1_000_000), 100);
    assert.equal(percentOf(0, 0), 100);
    assert.equal(percentOf(0, 5), 0);
  });
});

describe('times for people', () => {
  it('durations have at most two parts', () => {
    assert.equal(formatDuration(0.4), '0 s');
    assert.equal(formatDuration(59.4), '59 s');
    assert.equal(formatDuration(185), '3 min');
    assert.equal(formatDuration(7200), '2 h');
    assert.equal(formatDuration(7800), '2 h 10 min');
    assert.equal(formatDuration(4 * 86_400 + 3 * 3600), '4 d 3 h');
    assert.equal(formatDuration(Number.POSITIVE_INFINITY), '');
  });

  it('what does not move has no end', () => {
    assert.equal(formatTimeLeft(5, 10, 0), '');
    assert.equal(formatTimeLeft(10, 10, 5), '');
    assert.equal(formatTimeLeft(0, 10, 100), '1 s');
    assert.equal(formatTimeLeft(0, 3000, 10), '5 min');
  });

  it('the past is told in its largest unit', () => {
    const now = Date.parse('2026-03-02T12:00:00Z');
    assert.equal(formatAgo('2026-03-02T11:59:30Z', now), 'just now');
    assert.equal(formatAgo('2026-03-02T11:20:00Z', now), '40 min ago');
    assert.equal(formatAgo('2026-03-02T03:00:00Z', now), '9 h ago');
    assert.equal(formatAgo('2026-03-01T03:00:00Z', now), 'yesterday');
    assert.equal(formatAgo('2026-02-20T12:00:00Z', now), '10 days ago');
    assert.equal(formatAgo('rubbish', now), '');
  });
});

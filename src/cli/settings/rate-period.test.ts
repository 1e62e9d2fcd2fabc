import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readRatePeriod } from './rate-period.ts';

describe('a time with a rate', () => {
  it('reads days, hours and a rate', () => {
    assert.deepEqual(readRatePeriod('Mon-Fri 08:00-18:00 5MB/s'), {
      days: 0b0111110,
      from: 480,
      to: 1080,
      rate: 5_000_000,
    });
    assert.deepEqual(readRatePeriod(' 22:30-6:00 unlimited '), {
      days: 0b1111111,
      from: 1350,
      to: 360,
      rate: null,
    });
    assert.equal(readRatePeriod('sat-mon 0:00-24:00 1MB/s').days, 0b1000011);
    assert.equal(readRatePeriod('Mon/Wed-Thu/SAT 0:00-24:00 1MB/s').days, 0b1011010);
  });

  for (const text of [
    '',
    '08:00 5MB/s',
    '08:00-18:00',
    'Mon-Fri 5MB/s',
    'Mon-Fry 08:00-18:00 5MB/s',
    'Mon-Tue-Wed 08:00-18:00 5MB/s',
    'Mon/ 08:00-18:00 5MB/s',
    '08:60-18:00 5MB/s',
    '08:00-24:01 5MB/s',
    '08:00-18:00 fast',
    '08:00-18:00 5MB/s more',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => readRatePeriod(text), { code: 'usage' });
    });
  }
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type RatePeriod, rateAt } from './rate-schedule.ts';

const at = (hours: number, minutes = 0) => 60 * hours + minutes;
const WORKDAYS = 0b0111110;
const SATURDAY = 0b1000000;
// 2030-01-07 is a Monday; the constructor reads local time, as rateAt does.
const monday = (hours: number, minutes = 0) => new Date(2030, 0, 7, hours, minutes);
const sunday = (hours: number, minutes = 0) => new Date(2030, 0, 6, hours, minutes);

describe('a schedule of rates', () => {
  const office: RatePeriod = { days: WORKDAYS, from: at(8), to: at(18), rate: 5_000_000 };

  it('holds from its first minute to before its last, on its days', () => {
    assert.equal(rateAt([office], monday(7, 59)), undefined);
    assert.equal(rateAt([office], monday(8)), 5_000_000);
    assert.equal(rateAt([office], monday(17, 59)), 5_000_000);
    assert.equal(rateAt([office], monday(18)), undefined);
    assert.equal(rateAt([office], sunday(12)), undefined);
  });

  it('goes on past midnight into the next day', () => {
    const night: RatePeriod = { days: SATURDAY, from: at(22), to: at(6), rate: null };
    assert.equal(rateAt([night], sunday(5, 59)), null);
    assert.equal(rateAt([night], sunday(6)), undefined);
    assert.equal(rateAt([night], sunday(23)), undefined);
    assert.equal(rateAt([{ ...night, days: 1 }], monday(1)), null);
  });

  it('from a time to the same time is a whole day', () => {
    const day: RatePeriod = { days: 0b0000010, from: 0, to: at(24), rate: 1000 };
    assert.equal(rateAt([day], monday(0)), 1000);
    assert.equal(rateAt([day], monday(23, 59)), 1000);
    assert.equal(rateAt([{ ...day, from: at(9), to: at(9) }], new Date(2030, 0, 8, 8, 59)), 1000);
  });

  it('the first period that holds counts', () => {
    const lunch: RatePeriod = { ...office, from: at(12), to: at(13), rate: null };
    assert.equal(rateAt([lunch, office], monday(12, 30)), null);
    assert.equal(rateAt([office, lunch], monday(12, 30)), 5_000_000);
    assert.equal(rateAt([], monday(12)), undefined);
  });
});

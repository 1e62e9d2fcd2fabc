import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { RateLimiter } from '../core/rate-limiter.ts';
import { ScheduledRate } from './scheduled-rate.ts';

const MINUTE_MS = 60_000;
const EVERY_DAY = 0b1111111;
const at = (hours: number, minutes: number) => new Date(2030, 0, 7, hours, minutes, 30).getTime();

describe('a scheduled rate', () => {
  const office = { days: EVERY_DAY, from: 8 * 60, to: 18 * 60, rate: 5000 };

  it('changes at the full minute and back', () => {
    const clock = new ManualClock(at(7, 58));
    const limiter = new RateLimiter(clock, 9000);
    const rate = new ScheduledRate(clock, limiter, [
      office,
      { ...office, from: 18 * 60, to: 19 * 60, rate: null },
    ]);
    assert.equal(limiter.rate, 9000);
    clock.advance(MINUTE_MS);
    assert.equal(limiter.rate, 9000);
    clock.advance(MINUTE_MS / 2);
    assert.equal(limiter.rate, 5000);
    clock.advance(600 * MINUTE_MS);
    assert.equal(limiter.rate, undefined);
    clock.advance(60 * MINUTE_MS);
    assert.equal(limiter.rate, 9000);
    rate.stop();
  });

  it('notices a clock that was set', () => {
    const clock = new ManualClock(at(7, 0));
    const limiter = new RateLimiter(clock);
    const rate = new ScheduledRate(clock, limiter, [office]);
    clock.step(120 * MINUTE_MS);
    clock.advance(MINUTE_MS);
    assert.equal(limiter.rate, 5000);
    rate.stop();
  });

  it('gives way to what a person sets', () => {
    const clock = new ManualClock(at(7, 59));
    const limiter = new RateLimiter(clock, 9000);
    const rate = new ScheduledRate(clock, limiter, [office]);
    rate.set(7000);
    clock.advance(10 * MINUTE_MS);
    assert.equal(limiter.rate, 7000);
    rate.set(undefined);
    clock.advance(10 * MINUTE_MS);
    assert.equal(limiter.rate, undefined);
  });

  it('follows another plan at once, and says what counts', () => {
    const clock = new ManualClock(at(8, 30));
    const limiter = new RateLimiter(clock, 9000);
    const rate = new ScheduledRate(clock, limiter, []);
    rate.set(7000);
    assert.ok(rate.isSet);
    rate.follow({ usual: null, periods: [office] });
    assert.equal(rate.isSet, false);
    assert.equal(limiter.rate, 5000);
    clock.advance(600 * MINUTE_MS);
    assert.equal(limiter.rate, undefined);
    rate.follow(rate.first);
    clock.advance(24 * 60 * MINUTE_MS);
    assert.equal(limiter.rate, 9000);
    assert.deepEqual(rate.plan, { usual: 9000, periods: [] });
  });
});

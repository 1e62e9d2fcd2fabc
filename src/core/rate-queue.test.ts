import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { RateLimiter } from './rate-limiter.ts';

describe('who waits for a rate', () => {
  it('gets equal shares by turns, however fast it comes back', () => {
    const clock = new ManualClock();
    const limiter = new RateLimiter(clock, 100_000);
    const got = [0, 0, 0];
    const again = (who: number) =>
      limiter.whenFree(() => {
        limiter.spend(1000);
        got[who]! += 1000;
        again(who);
      });
    for (const who of [0, 1, 2]) again(who);
    for (let ms = 0; ms < 3000; ms += 1) clock.advance(1);
    for (const bytes of got) assert.ok(Math.abs(bytes - 100_000) <= 100_000 * 0.075 + 1000, `${got}`);
  });

  it('does not wait behind one whose own part is spent', () => {
    const clock = new ManualClock();
    const all = new RateLimiter(clock, 1_000_000);
    const [slow, fast] = [new RateLimiter(clock, 1000, all), new RateLimiter(clock, undefined, all)];
    slow.spend(10_000);
    clock.advance(20);
    const order: string[] = [];
    slow.whenFree(() => order.push('slow'));
    fast.whenFree(() => order.push('fast'));
    assert.deepEqual(order, ['fast']);
    clock.advance(10_000);
    assert.deepEqual(order, ['fast', 'slow']);
  });

  it('goes no more when it was taken back, also by one that goes before it', () => {
    const clock = new ManualClock();
    const limiter = new RateLimiter(clock, 1000);
    limiter.spend(1000);
    const gone: number[] = [];
    const giveUps: (() => void)[] = [];
    for (const n of [0, 1, 2]) {
      giveUps.push(
        limiter.whenFree(() => {
          gone.push(n);
          if (n === 0) giveUps[1]!();
        }),
      );
    }
    clock.advance(1000);
    assert.deepEqual(gone, [0, 2]);
  });

  it('shows for how long nobody had to wait', () => {
    const clock = new ManualClock();
    const limiter = new RateLimiter(clock, 1000);
    assert.equal(limiter.idleMs, Number.POSITIVE_INFINITY);
    limiter.spend(1000);
    limiter.whenFree(() => {});
    assert.equal(limiter.idleMs, 0);
    clock.advance(3000);
    assert.equal(limiter.idleMs, 3000);
  });
});

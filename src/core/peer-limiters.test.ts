import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { PeerLimiters } from './peer-limiters.ts';
import { RateLimiter } from './rate-limiter.ts';

const peer = (n: number): string => n.toString(16).padStart(32, '0');

describe('the limiters of peers', () => {
  it('are the limiter of all where no peer has a limit of its own', () => {
    const clock = new ManualClock();
    const all = new RateLimiter(clock, 1000);
    assert.equal(new PeerLimiters(clock, all, undefined).of(peer(1)), all);
  });

  it('keep one peer below its rate and all below theirs', () => {
    const clock = new ManualClock();
    const limiters = new PeerLimiters(clock, new RateLimiter(clock, 2_000_000), 800_000);
    const given = [0, 0, 0, 0];
    const until = 4000;
    while (clock.monotonic() < until) {
      const wantsTurns = clock.monotonic() < 2000 ? [0] : [1, 2, 3];
      for (const n of wantsTurns) {
        const limiter = limiters.of(peer(n));
        if (limiter.delay() > 0) continue;
        limiter.spend(10_000);
        given[n]! += 10_000;
      }
      clock.advance(1);
    }
    assert.ok(Math.abs(given[0]! - 1_600_000) <= 0.05 * 1_600_000, `one alone got ${given[0]}`);
    const together = given[1]! + given[2]! + given[3]!;
    assert.ok(Math.abs(together - 4_000_000) <= 0.05 * 4_000_000, `three got ${together}`);
    for (const each of given.slice(1)) assert.ok(each <= 1_600_000 * 1.05, `one of three got ${each}`);
  });

  it('forget the peer that came longest ago, so that their number is bounded', () => {
    const clock = new ManualClock();
    const limiters = new PeerLimiters(clock, new RateLimiter(clock), 1000);
    const first = limiters.of(peer(0));
    assert.equal(limiters.of(peer(0)), first);
    for (let n = 1; n <= 4096; n += 1) limiters.of(peer(n));
    assert.notEqual(limiters.of(peer(0)), first);
  });
});

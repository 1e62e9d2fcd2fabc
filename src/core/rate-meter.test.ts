import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { RateMeter } from './rate-meter.ts';

describe('a rate meter', () => {
  it('knows a steady rate within a tenth, from the first half second on', () => {
    const clock = new ManualClock();
    const meter = new RateMeter(clock);
    for (let ms = 0; ms < 10_000; ms += 10) {
      meter.add(10_000);
      clock.advance(10);
      if (ms > 500) assert.ok(Math.abs(meter.rate - 1e6) < 1e5, `${meter.rate} after ${ms} ms`);
    }
    assert.equal(meter.total, 10_000_000);
  });

  it('forgets in three seconds', () => {
    const clock = new ManualClock();
    const meter = new RateMeter(clock);
    clock.advance(5000);
    meter.add(3_000_000);
    assert.ok(meter.rate > 9e5);
    clock.advance(2000);
    assert.ok(meter.rate > 9e5);
    clock.advance(1001);
    assert.equal(meter.rate, 0);
    clock.advance(3_600_000);
    assert.equal(meter.rate, 0);
    meter.add(300);
    assert.equal(meter.rate, 100);
    assert.equal(meter.total, 3_000_300);
  });

  it('does not promise a terabyte for the first byte', () => {
    const meter = new RateMeter(new ManualClock());
    assert.equal(meter.rate, 0);
    meter.add(1000);
    assert.equal(meter.rate, 4000);
  });

  it('is what was added in the last three seconds, to within one slot of a quarter second', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1500), fc.nat(1e6)), { maxLength: 60 }), (adds) => {
        const clock = new ManualClock();
        const meter = new RateMeter(clock);
        const all: [at: number, bytes: number][] = [];
        for (const [pause, bytes] of adds) {
          clock.advance(pause);
          meter.add(bytes);
          all.push([clock.monotonic(), bytes]);
          const now = clock.monotonic();
          const since = (ms: number) =>
            all.filter(([at]) => at > now - ms).reduce((sum, [, one]) => sum + one, 0);
          const seconds = Math.min(3, Math.max(0.25, now / 1000));
          assert.ok(meter.rate * seconds <= since(3001) + 1e-6);
          assert.ok(meter.rate * seconds >= since(2749) - 1e-6);
        }
      }),
    );
  });
});

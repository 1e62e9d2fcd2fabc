import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { BURST_SECONDS, SourcePace } from './source-pace.ts';

const turns = (pace: SourcePace, source: string, tries: number): number =>
  Array.from({ length: tries }, () => pace.take(source)).filter((wait) => wait === 0).length;

describe('turns by token buckets', () => {
  it('gives one source a burst, then its rate, and says when to come again', () => {
    const clock = new ManualClock();
    const pace = new SourcePace({ clock, all: 1000, ofOne: 10 });
    assert.equal(turns(pace, 'a', 200), 10 * BURST_SECONDS);
    const wait = pace.take('a');
    assert.ok(wait > 0 && wait <= 100, `${wait}`);
    clock.advance(wait - 1);
    assert.ok(pace.take('a') > 0);
    clock.advance(1);
    assert.equal(pace.take('a'), 0);
    clock.advance(1000);
    assert.equal(turns(pace, 'a', 200), 10);
    assert.equal(turns(pace, 'b', 200), 50, 'what one took is nothing to another');
  });

  it('bounds all of them together', () => {
    const clock = new ManualClock();
    const pace = new SourcePace({ clock, all: 20, ofOne: 10 });
    const taken = ['a', 'b', 'c'].map((source) => turns(pace, source, 100));
    assert.deepEqual(taken, [50, 50, 0]);
    clock.advance(3600_000);
    assert.equal(turns(pace, 'c', 100), 50, 'an hour of rest is worth no more than the burst');
  });

  it('forgets whoever is as good as new, and so remembers at most ten times the rate', () => {
    const clock = new ManualClock();
    const pace = new SourcePace({ clock, all: 100, ofOne: 1 });
    for (let n = 0; n < 50_000; n += 1) {
      pace.take(`source ${n}`);
      clock.advance(1);
      assert.ok(pace.sources <= 100 * BURST_SECONDS * 2);
    }
    clock.advance(BURST_SECONDS * 1000);
    pace.take('one more');
    assert.equal(pace.sources, 1);
  });

  it('does as plain buckets that forget nobody would', () => {
    const steps = fc.array(
      fc.record({ source: fc.constantFrom('a', 'b', 'c', 'd'), ms: fc.integer({ min: 0, max: 400 }) }),
      { maxLength: 300 },
    );
    fc.assert(
      fc.property(steps, fc.constantFrom(1, 2, 4, 5), fc.constantFrom(1, 2, 4), (steps, all, ofOne) => {
        const clock = new ManualClock();
        const pace = new SourcePace({ clock, all, ofOne });
        const everybodys = new PlainBucket(all);
        const own = new Map<string, PlainBucket>();
        for (const { source, ms } of steps) {
          clock.advance(ms);
          const mine = own.get(source) ?? new PlainBucket(ofOne);
          own.set(source, mine);
          const now = clock.monotonic();
          const may = mine.has(now) && everybodys.has(now);
          if (may) for (const bucket of [mine, everybodys]) bucket.spend();
          assert.equal(pace.take(source) === 0, may);
        }
      }),
    );
  });
});

/** Tokens in thousandths, which the rates above make whole in every millisecond. */
class PlainBucket {
  readonly #rate: number;
  #tokens: number;
  #at = 0;

  constructor(rate: number) {
    this.#rate = rate;
    this.#tokens = rate * BURST_SECONDS * 1000;
  }

  has(now: number): boolean {
    this.#tokens = Math.min(this.#rate * BURST_SECONDS * 1000, this.#tokens + (now - this.#at) * this.#rate);
    this.#at = now;
    return this.#tokens >= 1000;
  }

  spend(): void {
    this.#tokens -= 1000;
  }
}

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { settle } from '../../test/support/settle.ts';
import { RateLimiter } from './rate-limiter.ts';

const forever = new AbortController().signal;

describe('a rate limiter', () => {
  it('without a rate lets everything through', async () => {
    const limiter = new RateLimiter(new ManualClock());
    for (let i = 0; i < 100; i += 1) await limiter.take(1e9, forever);
    assert.equal(limiter.delay(), 0);
  });

  for (const [rate, piece] of [
    [1_000_000, 64 * 1024],
    [100_000, 1000],
    [50_000_000, 256 * 1024],
    [3_000_000, 1],
  ] as const) {
    it(`gives ${rate} bytes a second in pieces of ${piece} within 5 % over 2 s`, () => {
      const clock = new ManualClock();
      const limiter = new RateLimiter(clock, rate);
      let bytes = 0;
      const until = clock.monotonic() + 2000;
      while (clock.monotonic() < until) {
        while (limiter.delay() === 0) {
          limiter.spend(piece);
          bytes += piece;
        }
        clock.advance(Math.max(0.001, Math.min(limiter.delay(), until - clock.monotonic())));
      }
      const fair = rate * 2;
      assert.ok(Math.abs(bytes - fair) <= fair * 0.05 + piece, `${bytes} bytes instead of ${fair}`);
    });
  }

  it('serves takers in their order, whatever they take', async () => {
    const clock = new ManualClock();
    const limiter = new RateLimiter(clock, 1000);
    const order: number[] = [];
    const takers = [5000, 10, 2000, 1].map((bytes, n) =>
      limiter.take(bytes, forever).then(() => order.push(n)),
    );
    for (let ms = 0; ms < 8000; ms += 10) {
      clock.advance(10);
      if (ms % 500 === 0) await settle();
    }
    await Promise.all(takers);
    assert.deepEqual(order, [0, 1, 2, 3]);
  });

  it('after a pause lets 75 ms of the rate through at once, not more', () => {
    const clock = new ManualClock();
    const limiter = new RateLimiter(clock, 1000);
    limiter.spend(1000);
    clock.advance(3_600_000);
    let bytes = 0;
    while (limiter.delay() === 0) {
      limiter.spend(1);
      bytes += 1;
    }
    assert.ok(bytes >= 75 && bytes <= 77, `${bytes}`);
  });

  it('a change of the rate ends the wait of the old one', async () => {
    const clock = new ManualClock();
    const limiter = new RateLimiter(clock, 1);
    await limiter.take(1_000_000, forever);
    let done = 0;
    const takers = [1000, 1000].map((bytes) => limiter.take(bytes, forever).then(() => (done += 1)));
    clock.advance(1000);
    await settle();
    assert.equal(done, 0);
    limiter.rate = 1000;
    await settle();
    assert.equal(done, 1, 'the old debt is forgotten, the new rate holds');
    clock.advance(1000);
    await settle();
    assert.equal(done, 2);
    const waiting = limiter.take(1, forever);
    limiter.rate = undefined;
    await waiting;
    await Promise.all(takers);
  });

  it('names no wait that a timer cannot count', () => {
    const limiter = new RateLimiter(new ManualClock(), 0.001);
    limiter.spend(256 * 1024);
    assert.equal(limiter.delay(), 60_000);
  });

  it('says when the rate changes, until nobody wants to know', () => {
    const limiter = new RateLimiter(new ManualClock(), 1000);
    const seen: (number | undefined)[] = [];
    const forget = limiter.onChange(() => seen.push(limiter.rate));
    limiter.rate = 5000;
    limiter.rate = undefined;
    forget();
    limiter.rate = 7000;
    assert.deepEqual(seen, [5000, undefined]);
  });

  it('a piece is 20 ms of the rate, and at least 1 KiB', () => {
    const limiter = new RateLimiter(new ManualClock());
    const pieceAt = (rate: number | undefined) => {
      limiter.rate = rate;
      return limiter.piece;
    };
    assert.deepEqual([undefined, 1000, 100_000, 1e6].map(pieceAt), [
      Number.POSITIVE_INFINITY,
      1024,
      2000,
      20_000,
    ]);
  });

  it('who gives up waits no longer and spends nothing', async () => {
    const clock = new ManualClock();
    const limiter = new RateLimiter(clock, 1000);
    limiter.spend(5000);
    const before = limiter.delay();
    const impatient = new AbortController();
    const waiting = limiter.take(5000, impatient.signal);
    impatient.abort(new Error('enough'));
    await assert.rejects(waiting, /enough/);
    await assert.rejects(limiter.take(5000, impatient.signal), /enough/);
    assert.equal(limiter.delay(), before);
  });

  it('never gives more than the rate, a burst and one piece, however it is asked', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1000, max: 1e7 }),
        fc.array(fc.tuple(fc.nat(300), fc.integer({ min: 1, max: 100_000 })), { maxLength: 100 }),
        (rate, asks) => {
          const clock = new ManualClock();
          const limiter = new RateLimiter(clock, rate);
          const begun = clock.monotonic();
          let bytes = 0;
          let largest = 0;
          for (const [pause, piece] of asks) {
            clock.advance(pause);
            if (limiter.delay() > 0) continue;
            limiter.spend(piece);
            bytes += piece;
            largest = Math.max(largest, piece);
            const seconds = (clock.monotonic() - begun) / 1000;
            assert.ok(bytes <= rate * (seconds + 0.075) + largest + 1);
          }
        },
      ),
    );
  });

  it('is a part of its parent: what it spends both have spent, and the tighter one counts', () => {
    const clock = new ManualClock();
    const parent = new RateLimiter(clock, 10_000);
    const child = new RateLimiter(clock, 1000, parent);
    assert.equal(child.piece, 1024);
    child.spend(1000);
    assert.ok(child.delay() > parent.delay() && parent.delay() > 0);
    parent.spend(100_000);
    assert.equal(child.delay(), parent.delay());
  });

  it('wakes who waits for it when the rate of its parent changes', async () => {
    const clock = new ManualClock();
    const parent = new RateLimiter(clock, 1000);
    const child = new RateLimiter(clock, undefined, parent);
    assert.ok(child.isLimited);
    child.spend(100_000);
    const waiting = child.take(1, forever);
    parent.rate = undefined;
    await waiting;
    assert.equal(child.isLimited, false);
  });
});

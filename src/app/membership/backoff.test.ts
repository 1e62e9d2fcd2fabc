import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { registryPortLimits } from '../../core/limits/limits.ts';
import { SourcePace } from '../../core/limits/source-pace.ts';
import { seededRandom } from '../../core/random.ts';
import { Backoff } from './backoff.ts';

const FAILED = { retryAfterMs: undefined };

describe('pauses between tries', () => {
  it('double up to 4 s, and are never all the same', () => {
    const backoff = new Backoff(seededRandom(1));
    const pauses = Array.from({ length: 8 }, () => backoff.next(FAILED));
    for (const [n, pause] of pauses.entries()) {
      const usual = Math.min(4000, 250 * 2 ** n);
      assert.ok(pause >= usual * 0.75 && pause <= usual * 1.25, `${n}: ${pause}`);
    }
    backoff.reset();
    assert.ok(backoff.next(FAILED) < 320);
  });

  it('are at least what the server asked for', () => {
    const backoff = new Backoff(seededRandom(2));
    for (let n = 0; n < 100; n += 1) {
      const pause = backoff.next({ retryAfterMs: 20_000 });
      assert.ok(pause >= 20_000 && pause <= 30_000, `${pause}`);
    }
  });

  for (const [where, sourceOf, seconds] of [
    ['each at an address of its own', (n: number) => `10.${n >> 8}.0.${n & 255}`, 15],
    ['250 behind each address', (n: number) => `10.0.0.${Math.floor(n / 250)}`, 15],
  ] as const) {
    it(`let 10,000 peers that come back at once, ${where}, in within ${seconds} s`, () => {
      const { handshakes, handshakesOfOne } = registryPortLimits(10_000);
      const clock = new ManualClock();
      const pace = new SourcePace({ clock, all: handshakes, ofOne: handshakesOfOne });
      const random = seededRandom(3);
      const due = new Map<number, number[]>([[0, Array.from({ length: 10_000 }, (_, n) => n)]]);
      const backoffs = Array.from({ length: 10_000 }, () => new Backoff(random));
      let tries = 0;
      for (let ms = 0; due.size > 0; ms += 1) {
        assert.ok(ms < seconds * 1000);
        for (const n of due.get(ms) ?? []) {
          tries += 1;
          const wait = pace.take(sourceOf(n));
          if (wait === 0) continue;
          // As the header says it: whole seconds.
          const again = ms + Math.ceil(backoffs[n]!.next({ retryAfterMs: Math.ceil(wait / 1000) * 1000 }));
          due.set(again, [...(due.get(again) ?? []), n]);
        }
        due.delete(ms);
        clock.advance(1);
      }
      assert.ok(tries < 40_000, `${tries} tries`);
    });
  }
});

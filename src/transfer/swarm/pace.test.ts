import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { LEAF_BYTES } from '../../core/leaf-layout.ts';
import { Pace } from './pace.ts';

/** 100 Mbit/s, in bytes a millisecond. */
const RATE = 12_500;
const LEAF_MS = LEAF_BYTES / RATE;

describe('the pace of a line', () => {
  for (const wayMs of [0, 100, 300, 600]) {
    it(`fills a line of 100 Mbit/s with ${wayMs} ms there and back, and lets no queue grow on it`, () => {
      const line = new Line(wayMs);
      assert.ok(
        line.run(1_000 + 5 * wayMs).sent * LEAF_MS > 700,
        'it grows within a few ways there and back',
      );
      for (let round = 0; round < 4; round += 1) {
        const { sent, longestQueueMs } = line.run(10_000);
        assert.ok(sent * LEAF_MS > 9_600, `${sent} leaves in round ${round}`);
        // The slack of 100 ms, and what goes out at once when the line was looked at.
        assert.ok(
          longestQueueMs < 130 + wayMs / 3 + 2 * LEAF_MS,
          `a queue of ${longestQueueMs} ms in round ${round}`,
        );
      }
    });
  }

  it('follows a way that became longer, and one that became slower', () => {
    const line = new Line(50);
    line.run(5_000);
    line.wayMs = 300;
    line.run(30_000);
    assert.ok(line.run(5_000).sent * LEAF_MS > 4_500, 'as fast as before');
    line.leafMs = 4 * LEAF_MS;
    line.run(30_000);
    assert.ok(line.run(5_000).longestQueueMs < 130 + 8 * LEAF_MS, 'and with no longer queue');
  });
});

/** Leaves go over it one after the other, then travel; a leaf is acknowledged `wayMs` after it has left. */
class Line {
  readonly #clock = new ManualClock();
  readonly #pace = new Pace(this.#clock, 100);
  wayMs: number;
  leafMs = LEAF_MS;
  readonly #travelling: { readonly since: number; readonly due: number }[] = [];
  #freeAt = 0;

  constructor(wayMs: number) {
    this.wayMs = wayMs;
    this.#freeAt = this.#clock.monotonic();
  }

  /** Leaves that left in so many milliseconds, and the longest that one waited before it left. */
  run(ms: number): { sent: number; longestQueueMs: number } {
    let sent = 0;
    let longestQueueMs = 0;
    for (let i = 0; i < ms; i += 1) {
      const now = this.#clock.monotonic();
      while (this.#travelling.length > 0 && this.#travelling[0]!.due <= now) {
        const { since } = this.#travelling.shift()!;
        this.#pace.acknowledged(LEAF_BYTES, now - since);
      }
      while (this.#travelling.length * LEAF_BYTES < this.#pace.most) {
        longestQueueMs = Math.max(longestQueueMs, this.#freeAt - now);
        this.#freeAt = Math.max(this.#freeAt, now) + this.leafMs;
        this.#travelling.push({ since: now, due: this.#freeAt + this.wayMs });
        sent += 1;
      }
      this.#clock.advance(1);
    }
    return { sent, longestQueueMs };
  }
}

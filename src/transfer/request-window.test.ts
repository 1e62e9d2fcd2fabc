import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { LEAF_BYTES } from '../core/leaf-layout.ts';
import { MOST_BYTES_AHEAD, RequestWindow } from './request-window.ts';

const MOST = MOST_BYTES_AHEAD / LEAF_BYTES;

describe('a request window', () => {
  it('opens where the source is quick, at most twofold at a time, up to 16 MiB', () => {
    const { window, arrive } = make();
    const widths = [window.leaves];
    for (let i = 0; i < 200; i += 1) {
      arrive(1);
      if (window.leaves !== widths.at(-1)) widths.push(window.leaves);
    }
    assert.equal(window.leaves, MOST);
    for (const [i, width] of widths.entries()) if (i > 0) assert.ok(width <= 2 * widths[i - 1]!);
  });

  it('closes to two leaves where the source is slow', () => {
    const { window, arrive } = make();
    for (let i = 0; i < 20; i += 1) arrive(10_000);
    assert.ok(window.leaves <= 3, `${window.leaves}`);
    assert.ok(window.leaves >= 2);
  });

  it('holds what comes in a fifth of a second, and two more', () => {
    const { window, arrive } = make();
    for (let i = 0; i < 300; i += 1) arrive(10); // 100 leaves a second
    assert.ok(window.leaves >= 20 && window.leaves <= 24, `${window.leaves}`);
  });

  it('does not count the time in which nothing was asked', () => {
    const { window, arrive, clock } = make();
    for (let i = 0; i < 200; i += 1) arrive(1);
    clock.advance(60_000);
    window.restart();
    for (let i = 0; i < MOST; i += 1) arrive(1);
    assert.equal(window.leaves, MOST);
  });

  for (const wayMs of [0, 100, 300, 600]) {
    it(`asks far enough ahead on a way of ${wayMs} ms there and back, and not much farther`, () => {
      const line = new Line(wayMs);
      line.run(1_000 + 5 * wayMs);
      for (let round = 0; round < 4; round += 1) {
        const { came, owed } = line.run(60_000);
        assert.ok(came * LEAF_MS > 58_500, `${came} leaves in round ${round}`);
        assert.ok(
          (owed - 4) * LEAF_MS < Math.max(200, wayMs + 150),
          `${owed} leaves ahead in round ${round}`,
        );
      }
    });
  }

  it('shrinks where the line becomes slower, and grows where the way becomes longer', () => {
    const line = new Line(50);
    line.run(5_000);
    line.leafMs = 10 * LEAF_MS;
    line.run(10_000);
    assert.ok(line.run(10_000).owed <= 5);
    line.leafMs = LEAF_MS;
    line.wayMs = 400;
    line.run(130_000);
    assert.ok(line.run(10_000).came * LEAF_MS > 9_500);
  });

  it('is never less than 2 or more than 64 leaves', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5000), { maxLength: 300 }), (pauses) => {
        const { window, arrive } = make();
        for (const pause of pauses) {
          arrive(pause);
          assert.ok(window.leaves >= 2 && window.leaves <= MOST);
        }
      }),
    );
  });
});

/** Milliseconds of a leaf at 100 Mbit/s. */
const LEAF_MS = LEAF_BYTES / 12_500;

/** A source that sends one leaf after the other as they are asked for, at the end of a line. */
class Line {
  readonly #clock = new ManualClock();
  readonly #window = new RequestWindow(this.#clock);
  wayMs: number;
  leafMs = LEAF_MS;
  readonly #due: number[] = [];
  #freeAt = this.#clock.monotonic();

  constructor(wayMs: number) {
    this.wayMs = wayMs;
  }

  /** Leaves that came in so many milliseconds, and how many were owed at most. */
  run(ms: number): { came: number; owed: number } {
    let came = 0;
    let owed = 0;
    for (let i = 0; i < ms; i += 1) {
      const now = this.#clock.monotonic();
      for (; this.#due.length > 0 && this.#due[0]! <= now; came += 1) {
        this.#due.shift();
        this.#window.arrived(LEAF_BYTES);
      }
      while (this.#due.length < this.#window.leaves) {
        this.#freeAt = Math.max(this.#freeAt, now + this.wayMs / 2) + this.leafMs;
        this.#due.push(this.#freeAt + this.wayMs / 2);
        this.#window.asked(this.#due.length * LEAF_BYTES);
      }
      owed = Math.max(owed, this.#due.length);
      this.#clock.advance(1);
    }
    return { came, owed };
  }
}

function make() {
  const clock = new ManualClock();
  const window = new RequestWindow(clock);
  return {
    clock,
    window,
    arrive(ms: number) {
      clock.advance(ms);
      window.arrived(LEAF_BYTES);
    },
  };
}

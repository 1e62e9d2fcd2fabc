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

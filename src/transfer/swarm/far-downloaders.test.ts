import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { Bitfield } from '../../core/bitfield.ts';
import { LEAF_BYTES } from '../../core/leaf-layout.ts';
import { seededRandom } from '../../core/random.ts';
import { Spread } from './spread.ts';
import { type Serving, UploadScheduler } from './upload-scheduler.ts';

const LEAVES = 20_000;
/** Milliseconds of a leaf at 100 Mbit/s. */
const LEAF_MS = LEAF_BYTES / 12_500;

describe('an uplink with downloaders at different distances', () => {
  for (const ways of [
    [2, 100],
    [100, 120, 150],
  ]) {
    it(`is filled where they are ${ways.join(' and ')} ms there and back away`, () => {
      const uplink = new Uplink(ways);
      uplink.run(5_000);
      const before = [...uplink.came];
      uplink.run(40_000);
      const came = uplink.came.map((count, i) => count - before[i]!);
      const sum = came.reduce((a, b) => a + b, 0);
      assert.ok(sum * LEAF_MS > 0.95 * 40_000, `${(sum * LEAF_MS) / 400} % of it, ${came} leaves to each`);
      assert.ok(Math.min(...came) > (0.6 * sum) / ways.length, `shared as ${came}`);
    });
  }
});

/** One seed; leaves leave it one after the other, travel, and are acknowledged. */
class Uplink {
  readonly came: number[];
  readonly #clock = new ManualClock();
  readonly #scheduler = new UploadScheduler({ clock: this.#clock, random: seededRandom(1) });
  readonly #lines;
  readonly #travelling: { readonly due: number; readonly serving: Serving; readonly to: number }[] = [];
  #freeAt = 0;

  constructor(ways: readonly number[]) {
    this.came = ways.map(() => 0);
    this.#lines = ways.map((wayMs, i) => {
      const spread = new Spread(LEAVES);
      const line = this.#scheduler.join();
      const content = { spread, size: LEAVES * LEAF_BYTES, isWhole: () => true };
      const channel = this.#scheduler.open(line, content, spread.join(new Bitfield(LEAVES)), false);
      return { i, wayMs, line, channel, spread, asked: 0 };
    });
  }

  run(ms: number): void {
    for (let i = 0; i < ms; i += 1) {
      this.#acknowledge();
      for (const one of this.#lines) {
        if (one.channel.queue.size > 0) continue;
        this.#scheduler.requested(one.line, one.channel, one.asked, 40);
        one.asked += 40;
      }
      this.#serve();
      this.#clock.advance(1);
    }
  }

  #acknowledge(): void {
    const now = this.#clock.monotonic();
    for (const one of this.#travelling.filter(({ due }) => due <= now)) {
      this.#travelling.splice(this.#travelling.indexOf(one), 1);
      const { line, channel, first, count } = one.serving;
      this.came[one.to]! += count;
      for (let leaf = first; leaf < first + count; leaf += 1) {
        channel.content.spread.announced(channel.neighbour, leaf);
        this.#scheduler.acknowledged(line, channel, leaf);
      }
    }
  }

  #serve(): void {
    for (let isMore = true; isMore; ) {
      const prepared = this.#scheduler.prepare();
      const serving = this.#scheduler.next();
      isMore = prepared !== undefined || serving !== undefined;
      if (!serving) continue;
      this.#scheduler.taken(serving);
      const to = this.#lines.findIndex(({ line }) => line === serving.line);
      this.#freeAt = Math.max(this.#freeAt, this.#clock.monotonic()) + serving.count * LEAF_MS;
      this.#travelling.push({ due: this.#freeAt + this.#lines[to]!.wayMs, serving, to });
    }
  }
}

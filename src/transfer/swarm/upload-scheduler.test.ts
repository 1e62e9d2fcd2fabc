import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Bitfield } from '../../core/bitfield.ts';
import type { Clock } from '../../core/clock.ts';
import { LEAF_BYTES } from '../../core/leaf-layout.ts';
import { seededRandom } from '../../core/random.ts';
import { Spread } from './spread.ts';
import type { UploadChannelState } from './upload-channel-state.ts';
import type { UploadLine } from './upload-line.ts';
import { type Serving, UploadScheduler } from './upload-scheduler.ts';

const LEAVES = 400;

/** A seed with downloaders, and a clock that the test moves. */
class World {
  now = 0;
  readonly clock: Clock = { now: () => this.now, monotonic: () => this.now, after: () => () => {} };
  readonly scheduler = new UploadScheduler({ clock: this.clock, random: seededRandom(1) });
  readonly spread = new Spread(LEAVES);
  readonly sent = new Map<UploadChannelState, number>();

  join(takesOthers = false, has = new Bitfield(LEAVES)): { line: UploadLine; channel: UploadChannelState } {
    const line = this.scheduler.join();
    const content = { spread: this.spread, size: LEAVES * LEAF_BYTES, isWhole: () => true };
    const channel = this.scheduler.open(line, content, this.spread.join(has), takesOthers);
    this.sent.set(channel, 0);
    return { line, channel };
  }

  /** All that may go out now. */
  serve(): Serving[] {
    const served: Serving[] = [];
    for (let isMore = true; isMore; ) {
      const prepared = this.scheduler.prepare();
      const next = this.scheduler.next();
      if (next) served.push(next);
      if (next) this.scheduler.taken(next);
      if (next) this.sent.set(next.channel, this.sent.get(next.channel)! + next.count);
      isMore = prepared !== undefined || next !== undefined;
    }
    return served;
  }

  had({ line, channel, first, count }: Serving): void {
    for (let leaf = first; leaf < first + count; leaf += 1) {
      this.spread.announced(channel.neighbour, leaf);
      this.scheduler.acknowledged(line, channel, leaf);
    }
  }
}

describe('UploadScheduler', () => {
  it('sends eight leaves over a new line that is alone, and twice as many when they are acknowledged', () => {
    const world = new World();
    const { line, channel } = world.join();
    world.scheduler.requested(line, channel, 0, 100);
    const first = world.serve();
    assert.equal(first.length, 8);
    assert.deepEqual(world.serve(), []);
    world.now += 110; // a long line: all of it is the way
    for (const one of first) {
      world.had(one);
      world.serve();
      world.now += 1;
    }
    assert.equal(world.sent.get(channel), 8 + 16);
  });

  it('sends little over a new line beside another, and more when that is acknowledged', () => {
    const world = new World();
    const other = world.join();
    const { line, channel } = world.join();
    world.scheduler.requested(other.line, other.channel, 0, 1);
    assert.equal(world.serve().length, 1);
    world.scheduler.requested(line, channel, 10, 8);
    const first = world.serve();
    assert.ok(first.length > 0 && first.length <= 2, `${first.length} leaves`);
    assert.deepEqual(world.serve(), []);
    world.now += 10;
    world.had(first[0]!);
    assert.ok(world.serve().length > 0);
  });

  it('shares by bytes among those who ask, whatever each asks ahead', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 2, max: 20 }), { minLength: 2, maxLength: 8 }), (ahead) => {
        const world = new World();
        const askers = ahead.map((count, i) => ({ ...world.join(), count, at: i * 40 }));
        const onTheWay: Serving[] = [];
        for (let i = 0; i < 100; i += 1) {
          for (const asker of askers) {
            const { line, channel } = asker;
            const more = asker.count - channel.queue.size;
            if (more > 0) world.scheduler.requested(line, channel, asker.at % (LEAVES - 20), more);
            asker.at += more;
          }
          onTheWay.push(...world.serve());
          world.now += 40; // an uplink that is full
          const oldest = onTheWay.shift();
          assert.ok(oldest, 'nothing goes out though much is asked for');
          world.had(oldest);
        }
        const sent = [...world.sent.values()];
        assert.ok(Math.max(...sent) - Math.min(...sent) <= 8, `shares of ${sent}`);
      }),
      { numRuns: 50 },
    );
  });

  it('goes on with others when some take nothing', () => {
    const world = new World();
    for (let i = 0; i < 2; i += 1) {
      const stuck = world.join();
      world.scheduler.requested(stuck.line, stuck.channel, i, 1);
    }
    assert.equal(world.serve().length, 2);
    const other = world.join();
    world.scheduler.requested(other.line, other.channel, 10, 2);
    assert.equal(world.serve().length, 0);
    const ms = world.scheduler.waitMs;
    assert.ok(ms !== undefined && ms < 500, `it waits ${ms} ms`);
    world.now += ms;
    assert.equal(world.serve().length, 2);
  });

  it('sends nothing that was taken back', () => {
    const world = new World();
    const { line, channel } = world.join();
    world.scheduler.requested(line, channel, 0, 6);
    const served = world.serve();
    world.scheduler.cancelled(line, channel, 0, 6);
    for (const one of served) world.scheduler.dropped(line, channel, one.first);
    assert.equal(served.length, 6);
    assert.equal(line.bytes, 0);
    assert.deepEqual(world.serve(), []);
    assert.equal(world.scheduler.waitMs, undefined);
  });

  it('says whether something else may go out when a leaf is acknowledged or dropped', () => {
    const world = new World();
    const { line, channel } = world.join();
    world.scheduler.requested(line, channel, 0, 40);
    const [one, other] = world.serve();
    assert.equal(world.scheduler.acknowledged(line, channel, 50), false, 'it never asked for this one');
    const [waiting] = channel.queue;
    assert.equal(world.scheduler.acknowledged(line, channel, waiting!), true, 'it waited for this one');
    assert.equal(world.scheduler.acknowledged(line, channel, one!.first), true, 'this one was on its way');
    assert.equal(world.scheduler.acknowledged(line, channel, one!.first), false, 'and is no more');
    assert.equal(world.scheduler.dropped(line, channel, one!.first), false);
    assert.equal(world.scheduler.dropped(line, channel, other!.first), true);
  });

  it('learns nothing of a line from a leaf that was taken back and came from elsewhere', () => {
    const world = new World();
    const { line, channel } = world.join();
    world.scheduler.requested(line, channel, 0, 2);
    const [first, second] = world.serve();
    world.now += 1;
    world.scheduler.cancelled(line, channel, second!.first, 1);
    world.had(second!);
    assert.equal(line.pace.leastMs, 0, 'its time is that of another line');
    assert.equal(line.bytes, LEAF_BYTES, 'what was sent before it is still on its way');
    world.now += 80;
    world.had(first!);
    assert.equal(line.pace.leastMs, 81);
    assert.equal(line.bytes, 0);
  });

  it('of a seed gives what nobody else has, to those who take it', () => {
    const world = new World();
    const had = new Bitfield(LEAVES);
    for (let leaf = 0; leaf < LEAVES; leaf += 1) if (leaf !== 77) had.add(leaf);
    const holder = world.join(false, had);
    const strict = world.join(false);
    const free = world.join(true);
    world.scheduler.requested(strict.line, strict.channel, 5, 1);
    world.scheduler.requested(free.line, free.channel, 6, 1);
    const [first, second] = world.serve();
    assert.deepEqual([first?.first, first?.insteadOf], [5, undefined]);
    assert.deepEqual([second?.first, second?.insteadOf], [77, 6]);
    assert.equal(world.spread.counts[77], 1);
    world.scheduler.leave(free.line);
    world.spread.leave(free.channel.neighbour);
    assert.ok(world.spread.fresh.has(77), 'what only a dead peer was sent is fresh again');
    assert.equal(holder.channel.queue.size, 0);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Bitfield } from '../../core/bitfield.ts';
import type { Clock } from '../../core/clock.ts';
import { seededRandom } from '../../core/random.ts';
import { LeafSet } from './leaf-set.ts';
import { rarestFirst, wantedFirst } from './policies.ts';
import { Requester } from './requester.ts';
import { type Neighbour, Spread } from './spread.ts';

const LEAVES = 24;
const ROOM = 3;

/** A requester whose neighbours do what the test says; it checks every request. */
class World {
  now = 0;
  readonly clock: Clock = { now: () => this.now, monotonic: () => this.now, after: () => () => {} };
  readonly spread = new Spread(LEAVES);
  /** What each owes, in the order of the requests. */
  readonly owed = new Map<Neighbour, number[]>();
  readonly checking = new Set<number>();
  readonly stalled = new Set<Neighbour>();
  readonly requester: Requester;

  constructor(seed: number, policy = rarestFirst) {
    this.requester = new Requester({
      have: new Bitfield(LEAVES),
      spread: this.spread,
      policy,
      clock: this.clock,
      random: seededRandom(seed),
      port: {
        room: (from) => ROOM - (this.owed.get(from)?.length ?? ROOM),
        spanLeaves: () => 2,
        ask: (from, first, count) => this.#asked(from, first, count),
        cancel: (from, leaf) => {
          const owed = this.owed.get(from)!;
          assert.ok(owed.includes(leaf), 'took back what was not asked for');
          owed.splice(owed.indexOf(leaf), 1);
        },
      },
    });
  }

  join(has: Bitfield | 'whole' | 'nothing'): Neighbour {
    const neighbour = this.spread.join(has);
    this.owed.set(neighbour, []);
    this.requester.join(neighbour);
    return neighbour;
  }

  leave(neighbour: Neighbour): void {
    this.owed.delete(neighbour);
    this.spread.leave(neighbour);
    this.requester.leave(neighbour);
  }

  give(neighbour: Neighbour, isGood: boolean): void {
    const leaf = this.owed.get(neighbour)?.[0];
    if (leaf === undefined) return;
    this.requester.heard(neighbour);
    if (!this.requester.began(neighbour, leaf)) return;
    this.owed.get(neighbour)!.shift();
    this.checking.add(leaf);
    this.requester.arrived(neighbour, leaf);
    this.checking.delete(leaf);
    if (isGood) this.requester.verified(leaf);
    else this.requester.bad(leaf);
  }

  substitute(neighbour: Neighbour, given: number): void {
    const owed = this.owed.get(neighbour)!;
    const asked = owed[0];
    if (asked === undefined || !neighbour.has.has(given) || owed.includes(given)) return;
    owed[0] = given;
    this.requester.giving(neighbour, asked, given);
  }

  #asked(from: Neighbour, first: number, count: number): number {
    const owed = this.owed.get(from)!;
    assert.ok(owed.length + count <= ROOM, 'asked for more than there is room for');
    for (let leaf = first; leaf < first + count; leaf += 1) {
      assert.ok(from.has.has(leaf), 'asked for what the neighbour has not');
      assert.ok(!this.requester.have.has(leaf) && !this.checking.has(leaf), 'asked for what is had');
      const others = [...this.owed].filter(([other, leaves]) => other !== from && leaves.includes(leaf));
      assert.ok(!owed.includes(leaf), 'asked twice of one');
      if (others.length > 0) this.#checkEndgame(from, owed);
      assert.ok(others.length < 3, 'asked of too many');
      owed.push(leaf);
    }
    return count;
  }

  /** A repetition is right only when the neighbour owes nothing and has nothing else that is open, or the others are stalled. */
  #checkEndgame(from: Neighbour, owed: readonly number[]): void {
    if (this.stalled.size > 0) return;
    assert.equal(owed.length, 0, 'repeated what others owe with something to come');
    const taken = new Set([...this.owed.values(), [...this.checking]].flat());
    const open = [...from.has].filter((leaf) => !this.requester.have.has(leaf) && !taken.has(leaf));
    assert.deepEqual(open, [], 'repeated what others owe though there was something else');
  }
}

const who = fc.nat(7);
const step = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('join' as const), has: fc.uniqueArray(fc.nat(LEAVES - 1)) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('join-whole' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), who }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('give' as const), who, isGood: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('announce' as const), who, leaf: fc.nat(LEAVES - 1) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('substitute' as const), who, leaf: fc.nat(LEAVES - 1) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stall' as const) }) },
);

describe('Requester', () => {
  it('asks for nothing twice outside the endgame, and loses nothing whoever comes and goes', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(step, { maxLength: 120 }), (seed, steps) => {
        const world = new World(seed);
        for (const one of steps) {
          world.now += 10;
          const all = [...world.owed.keys()];
          const chosen = 'who' in one ? all[one.who % Math.max(1, all.length)] : undefined;
          if (one.do === 'join') world.join(fieldOf(one.has));
          else if (one.do === 'join-whole') world.join('whole');
          else if (one.do === 'stall') {
            for (const [neighbour, owed] of world.owed) if (owed.length > 0) world.stalled.add(neighbour);
            world.now += 6000;
            world.requester.tick();
          } else if (!chosen) continue;
          else if (one.do === 'leave') world.leave(chosen);
          else if (one.do === 'give') world.give(chosen, one.isGood);
          else if (one.do === 'substitute') world.substitute(chosen, one.leaf);
          else if (world.spread.announced(chosen, one.leaf)) world.requester.offered(chosen, one.leaf);
        }
        for (const neighbour of [...world.owed.keys()]) world.leave(neighbour);
        const last = world.join('whole');
        for (let i = 0; i < 3 * LEAVES && !world.requester.have.isFull; i += 1) world.give(last, true);
        assert.ok(world.requester.have.isFull, 'a leaf was lost');
        assert.equal(world.owed.get(last)!.length, 0, 'it still owes something');
      }),
      { numRuns: 1000 },
    );
  });

  it('takes a leaf back from the one that has not begun it', () => {
    const world = new World(1);
    const slow = world.join(fieldOf([5]));
    const quick = world.join(fieldOf([5]));
    assert.deepEqual([world.owed.get(slow), world.owed.get(quick)], [[5], [5]]);
    world.give(quick, true);
    assert.deepEqual(world.owed.get(slow), []);
  });

  it('asks others for what a stalled neighbour owes, and takes what it gives after all', () => {
    const world = new World(1);
    const silent = world.join(fieldOf([1, 2, 3]));
    assert.equal(world.owed.get(silent)!.length, 3);
    const other = world.join(fieldOf([1, 9]));
    world.now = 4000;
    world.requester.heard(other);
    world.now = 6000;
    world.stalled.add(silent);
    world.requester.tick();
    assert.ok(world.owed.get(other)!.includes(1), 'nobody else was asked');
    world.give(silent, true);
    assert.equal(world.requester.have.count, 1);
  });

  it('asks for wanted leaves first, in their order', () => {
    const wanted = new LeafSet(LEAVES);
    for (const leaf of [20, 7, 8]) wanted.add(leaf);
    const world = new World(1, wantedFirst(wanted, rarestFirst));
    const one = world.join('whole');
    assert.deepEqual(world.owed.get(one), [7, 8, 20]);
  });

  it('asks for the rarest first', () => {
    const world = new World(1);
    for (let i = 0; i < 3; i += 1)
      world.spread.join(fieldOf([...Array(LEAVES).keys()].filter((leaf) => leaf !== 11)));
    const one = world.join('whole');
    assert.equal(world.owed.get(one)![0], 11);
  });
});

function fieldOf(leaves: readonly number[]): Bitfield {
  const field = new Bitfield(LEAVES);
  for (const one of leaves) field.add(one);
  return field;
}

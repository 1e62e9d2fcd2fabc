import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Bitfield } from '../../core/bitfield.ts';
import { LeafSet } from './leaf-set.ts';
import { type Neighbour, Spread } from './spread.ts';

const LEAVES = 40;
const leaf = fc.nat(LEAVES - 1);
const who = fc.nat(5);

const step = fc.oneof(
  fc.record({ do: fc.constant('join' as const), has: fc.uniqueArray(leaf) }),
  fc.record({ do: fc.constant('join-whole' as const) }),
  fc.record({ do: fc.constant('leave' as const), who }),
  fc.record({
    do: fc.constantFrom('announced' as const, 'denied' as const, 'claimed' as const, 'unclaimed' as const),
    who,
    leaf,
  }),
  fc.record({ do: fc.constant('announced-all' as const), who }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.nat(120_000) }),
);

describe('Spread', () => {
  it('counts what a recount finds', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const spread = new Spread(LEAVES);
        const claims = new Map<Neighbour, Map<number, number>>();
        let now = 0;
        for (const one of steps) {
          const all = [...spread.neighbours];
          const chosen = 'who' in one ? all[one.who % Math.max(1, all.length)] : undefined;
          if (one.do === 'join') claims.set(spread.join(fieldOf(one.has)), new Map());
          else if (one.do === 'join-whole') claims.set(spread.join('whole'), new Map());
          else if (one.do === 'wait') {
            now += one.ms;
            spread.tick(now);
            for (const mine of claims.values())
              for (const [at, since] of mine) if (now - since >= 60_000) mine.delete(at);
          } else if (!chosen) continue;
          else if (one.do === 'leave') {
            spread.leave(chosen);
            claims.delete(chosen);
          } else if (one.do === 'announced-all') {
            for (let i = 0; i < LEAVES; i += 1) spread.announced(chosen, i);
            claims.get(chosen)!.clear();
          } else if (one.do === 'announced') {
            spread.announced(chosen, one.leaf);
            claims.get(chosen)!.delete(one.leaf);
          } else if (one.do === 'denied') spread.denied(chosen, one.leaf);
          else if (one.do === 'claimed') {
            spread.claimed(chosen, one.leaf, now);
            if (!chosen.has.has(one.leaf)) claims.get(chosen)!.set(one.leaf, now);
          } else {
            spread.unclaimed(chosen, one.leaf);
            claims.get(chosen)!.delete(one.leaf);
          }
          recount(spread, claims);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("keeps a bounded number of one neighbour's claims, the last ones", () => {
    const spread = new Spread(400_000);
    const greedy = spread.join('nothing');
    for (let i = 0; i < spread.leaves; i += 1) spread.claimed(greedy, i, 0);
    assert.equal(spread.fresh.count, spread.leaves - 1024);
    assert.ok(!spread.expects(greedy, 0) && spread.expects(greedy, spread.leaves - 1));
    spread.leave(greedy);
    assert.equal(spread.fresh.count, spread.leaves);
  });
});

function recount(spread: Spread, claims: Map<Neighbour, Map<number, number>>): void {
  const all = [...spread.neighbours];
  assert.equal(spread.wholes, all.filter(({ has }) => has.isFull).length);
  for (let i = 0; i < LEAVES; i += 1) {
    const count = all.filter((one) => !one.has.isFull && (one.has.has(i) || claims.get(one)!.has(i))).length;
    assert.equal(spread.counts[i], count, `leaf ${i}`);
    assert.equal(spread.fresh.has(i), count === 0, `leaf ${i} fresh`);
  }
}

function fieldOf(leaves: readonly number[]): Bitfield {
  const field = new Bitfield(LEAVES);
  for (const one of leaves) field.add(one);
  return field;
}

describe('LeafSet', () => {
  it('finds what is in it and in none of the others, from a place on and round', () => {
    const set = fc.uniqueArray(fc.nat(99));
    fc.assert(
      fc.property(set, set, fc.nat(99), (these, others, start) => {
        const mine = new LeafSet(100);
        const without = new LeafSet(100);
        for (const one of these) mine.add(one);
        for (const one of others) without.add(one);
        const found: number[] = [];
        mine.search(start, [without], (one) => {
          found.push(one);
          return false;
        });
        const wanted = these.filter((one) => !others.includes(one)).sort((a, b) => a - b);
        const turned = [...wanted.filter((one) => one >= start), ...wanted.filter((one) => one < start)];
        assert.deepEqual(found, turned);
        assert.equal(mine.count, these.length);
        assert.deepEqual([...LeafSet.of(mine.toBitfield())], [...mine]);
      }),
    );
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Bitfield } from '../core/bitfield.ts';
import { seededRandom } from '../core/random.ts';
import { rarestFirst, type SelectionView, type Span } from './selection.ts';

const MOST = 4;

/** A situation: for each leaf whether it is taken, whether the source has it, and how many sources have it. */
const situation = fc.record({
  leaves: fc.array(
    fc.record({ taken: fc.boolean(), held: fc.boolean(), availability: fc.integer({ min: 1, max: 4 }) }),
    { minLength: 1, maxLength: 80 },
  ),
  last: fc.integer({ min: -1, max: 80 }),
  most: fc.integer({ min: 1, max: MOST }),
  uniform: fc.boolean(),
  sources: fc.integer({ min: 1, max: 5 }),
  seed: fc.nat(),
});
type Situation = typeof situation extends fc.Arbitrary<infer T> ? T : never;

describe('rarest first', () => {
  it('never chooses what is taken or what the source lacks, and nothing only when there is nothing', () => {
    fc.assert(
      fc.property(situation, (one) => {
        const view = viewOf(one);
        const span = rarestFirst(view, one.most, seededRandom(one.seed));
        const open = one.leaves.flatMap((_, leaf) => (isOpen(one, leaf) ? [leaf] : []));
        if (!span) return assert.deepEqual(open, []);
        assert.ok(span.count >= 1 && span.count <= one.most);
        for (const leaf of leavesOf(span)) assert.ok(open.includes(leaf), `leaf ${leaf}`);
      }),
    );
  });

  it('begins with a leaf that no other open one is rarer than', () => {
    fc.assert(
      fc.property(situation, (made) => {
        const one = { ...made, uniform: false };
        const span = rarestFirst(viewOf(one), one.most, seededRandom(one.seed));
        if (!span) return;
        const rarest = Math.min(
          ...one.leaves.filter((_, leaf) => isOpen(one, leaf)).map(({ availability }) => availability),
        );
        assert.equal(one.leaves[span.first]!.availability, rarest);
      }),
    );
  });

  it('goes on where it left off while nothing is rarer', () => {
    const taken = new Bitfield(20);
    for (const leaf of [0, 1, 2]) taken.add(leaf);
    for (const uniform of [true, false]) {
      const view: SelectionView = {
        taken,
        source: 'whole',
        availability: () => 2,
        uniform,
        last: 2,
        sources: 2,
      };
      assert.deepEqual(rarestFirst(view, 4, seededRandom(1)), { first: 3, count: 4 });
      assert.deepEqual(
        rarestFirst({ ...view, last: 19 }, 4, seededRandom(1))?.count,
        4,
        'and from the start again',
      );
    }
  });

  it('breaks ties by the seed, the same for the same', () => {
    const view = {
      taken: new Bitfield(64),
      source: 'whole',
      availability: () => 1,
      uniform: false,
      last: -1,
      sources: 3,
    } as const;
    for (const uniform of [true, false]) {
      const choose = (seed: number) => rarestFirst({ ...view, uniform }, 1, seededRandom(seed))?.first;
      const chosen = new Set(Array.from({ length: 50 }, (_, seed) => choose(seed)));
      assert.ok(chosen.size > 20, `${chosen.size} of 50 seeds differ`);
      for (const seed of [1, 2, 3]) assert.equal(choose(seed), choose(seed));
    }
  });

  it('one source alone is read in order', () => {
    const taken = new Bitfield(10);
    const order: number[] = [];
    for (let last = -1; ; ) {
      const view: SelectionView = {
        taken,
        source: 'whole',
        availability: () => 1,
        uniform: true,
        last,
        sources: 1,
      };
      const span = rarestFirst(view, 3, seededRandom(7));
      if (!span) break;
      for (const leaf of leavesOf(span)) {
        order.push(leaf);
        taken.add(leaf);
      }
      last = span.first + span.count - 1;
    }
    assert.deepEqual(order, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('finishes every leaf that some source has, each once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), { minLength: 1, maxLength: 4 }),
        fc.nat(),
        (held, seed) => {
          const fields = held.map((bits) => {
            const field = new Bitfield(40);
            for (const [leaf, has] of bits.entries()) if (has) field.add(leaf);
            return field;
          });
          const taken = new Bitfield(40);
          const random = seededRandom(seed);
          const last = fields.map(() => -1);
          for (let idle = 0, turn = 0; idle < fields.length; turn += 1) {
            const n = turn % fields.length;
            const span = rarestFirst(
              {
                taken,
                source: fields[n]!,
                availability: (leaf) => fields.filter((field) => field.has(leaf)).length,
                uniform: false,
                last: last[n]!,
                sources: fields.length,
              },
              4,
              random,
            );
            idle = span ? 0 : idle + 1;
            if (!span) continue;
            for (const leaf of leavesOf(span)) assert.equal(taken.add(leaf), true, 'chosen once');
            last[n] = span.first + span.count - 1;
          }
          for (let leaf = 0; leaf < 40; leaf += 1)
            assert.equal(
              taken.has(leaf),
              fields.some((field) => field.has(leaf)),
            );
        },
      ),
    );
  });

  it('stays quick in a content of a terabyte', () => {
    const taken = Bitfield.full(2 ** 22);
    taken.delete(2 ** 22 - 1);
    const view: SelectionView = {
      taken,
      source: 'whole',
      availability: () => 1,
      uniform: true,
      last: 5,
      sources: 2,
    };
    assert.deepEqual(rarestFirst(view, 4, seededRandom(1)), { first: 2 ** 22 - 1, count: 1 });
    const empty = new Bitfield(2 ** 22);
    let looks = 0;
    const counted = { ...view, taken: empty, uniform: false, availability: () => (looks += 1) };
    assert.ok(rarestFirst(counted, 4, seededRandom(1)));
    assert.ok(looks < 10_000, `${looks} leaves were looked at`);
  });
});

const isOpen = ({ leaves, uniform }: Situation, leaf: number): boolean =>
  leaf < leaves.length && !leaves[leaf]!.taken && (uniform || leaves[leaf]!.held);

function viewOf({ leaves, last, uniform, sources }: Situation): SelectionView {
  const taken = new Bitfield(leaves.length);
  const held = new Bitfield(leaves.length);
  for (const [leaf, one] of leaves.entries()) {
    if (one.taken) taken.add(leaf);
    if (one.held) held.add(leaf);
  }
  return {
    taken,
    source: uniform ? 'whole' : held,
    availability: (leaf) => leaves[leaf]!.availability,
    uniform,
    last,
    sources,
  };
}

const leavesOf = ({ first, count }: Span): number[] => Array.from({ length: count }, (_, i) => first + i);

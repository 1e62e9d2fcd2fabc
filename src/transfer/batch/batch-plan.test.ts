import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LEAF_BYTES } from '../../core/leaf-layout.ts';
import { BatchPlan } from './batch-plan.ts';
import { packsOf } from './packs.ts';

interface Item {
  readonly n: number;
  readonly size: number;
}

const MOST_BYTES = 1000;
const MOST_ITEMS = 4;
const size = fc.integer({ min: 1, max: MOST_BYTES });

describe('BatchPlan', () => {
  it('asks first for what one source alone has, else in the order in which it came', () => {
    const plan = new BatchPlan<Item>();
    const items = Array.from({ length: 6 }, (_, n) => ({ n, size: 1 }));
    plan.joined('a');
    plan.joined('b');
    for (const item of items) plan.add(item, new Set(item.n >= 4 ? ['a'] : ['a', 'b']));
    const take = (source: string, most: number) => plan.take(source, MOST_BYTES, most).map(({ n }) => n);
    assert.deepEqual(take('a', 3), [4, 5, 0]);
    assert.deepEqual(take('b', 9), [1, 2, 3]);
    assert.deepEqual(take('a', 9), []);
    plan.left('b');
    assert.deepEqual(take('a', 9), [1, 2, 3], 'what a lost source owed is asked of others');
  });

  it('whatever happens, each item is asked of one source that may have it, within the bounds, and none is lost', () => {
    const event = fc.oneof(
      fc.record({ what: fc.constant('take' as const), peer: fc.nat(3) }),
      fc.record({ what: fc.constant('give' as const), peer: fc.nat(3), n: fc.nat(20) }),
      fc.record({ what: fc.constant('come' as const), peer: fc.nat(3), n: fc.nat(20) }),
      fc.record({ what: fc.constant('refuse' as const), peer: fc.nat(3), n: fc.nat(20) }),
      fc.record({ what: fc.constant('leave' as const), peer: fc.nat(3) }),
      fc.record({ what: fc.constant('join' as const), peer: fc.nat(3) }),
    );
    const wanted = fc.array(fc.record({ size, holders: fc.uniqueArray(fc.nat(3)) }), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(wanted, fc.array(event, { maxLength: 60 }), (all, events) => {
        const plan = new BatchPlan<Item>();
        const items = all.map(({ size: bytes }, n) => ({ n, size: bytes }));
        const may = new Map(items.map((item, n) => [item, new Set(all[n]!.holders)]));
        const asked = new Map<Item, number>();
        const here = new Set<number>();
        const come = new Set<Item>();
        for (const item of items) plan.add(item, new Set([...may.get(item)!].map(String)));
        for (const one of events) {
          const item = 'n' in one ? items[one.n] : undefined;
          if (one.what === 'join') {
            here.add(one.peer);
            plan.joined(String(one.peer));
          } else if (one.what === 'leave') {
            here.delete(one.peer);
            plan.left(String(one.peer));
            for (const [owed, peer] of asked) if (peer === one.peer && !come.has(owed)) asked.delete(owed);
          } else if (one.what === 'take' && here.has(one.peer)) {
            const taken = plan.take(String(one.peer), MOST_BYTES, MOST_ITEMS);
            assert.ok(taken.length <= MOST_ITEMS);
            assert.ok(
              taken.length === 1 || taken.reduce((sum, { size: bytes }) => sum + bytes, 0) <= MOST_BYTES,
            );
            const open = items.filter((other) => may.get(other)?.has(one.peer) && !asked.has(other));
            assert.equal(taken.length > 0, open.length > 0, 'something is taken where there is anything');
            for (const other of taken) {
              assert.ok(may.get(other)?.has(one.peer) && !asked.has(other));
              asked.set(other, one.peer);
            }
          } else if (one.what === 'give' && item && asked.get(item) === one.peer) {
            plan.settled(item);
            may.delete(item);
            asked.delete(item);
          } else if (one.what === 'come' && item && asked.get(item) === one.peer) {
            plan.came([item]);
            come.add(item);
          } else if (one.what === 'refuse' && item && asked.get(item) === one.peer) {
            asked.delete(item);
            come.delete(item);
            may.get(item)!.delete(one.peer);
            assert.equal(plan.refused(item, String(one.peer)), may.get(item)!.size === 0);
          }
          assert.equal(plan.size, may.size);
          assert.equal(plan.waiting, may.size - asked.size);
        }
      }),
    );
  });
});

describe('packsOf', () => {
  it('puts neighbours together, at most so many bytes, and leaves none out', () => {
    const sizes = fc.array(fc.option(fc.integer({ min: 1, max: LEAF_BYTES }), { nil: undefined }));
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 2 }), (all, leaves) => {
        const most = leaves * LEAF_BYTES;
        const packs = packsOf(all, most);
        const packed = packs.flatMap(({ items }) => items);
        assert.deepEqual(
          packed,
          [...all.keys()].filter((i) => all[i] !== undefined),
        );
        for (const { items, bytes } of packs) {
          assert.equal(
            items.reduce((sum, i) => sum + all[i]!, 0),
            bytes,
          );
          assert.ok(bytes <= most);
        }
        for (let i = 1; i < packs.length; i += 1)
          assert.ok(packs[i - 1]!.bytes + all[packs[i]!.items[0]!]! > most, 'no pack is begun too early');
      }),
    );
  });
});

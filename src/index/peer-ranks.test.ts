import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { drawn, seededRandom } from '../core/random.ts';
import { mixed, numberOf, PeerRanks } from './peer-ranks.ts';

const random = seededRandom(3);
const hex = () =>
  Math.floor(random.next() * 2 ** 32)
    .toString(16)
    .padStart(8, '0');
const ids = Array.from({ length: 200 }, () => hex().repeat(8));

describe('the order of peers for an owner', () => {
  it('is that of a whole sort', () => {
    for (const owner of ids) {
      const sorted = ids
        .filter((id) => id !== owner)
        .toSorted((a, b) => mixed(numberOf(owner), numberOf(b)) - mixed(numberOf(owner), numberOf(a)));
      assert.deepEqual(new PeerRanks(ids[0]!).highest(owner, ids.slice(1), 8), sorted.slice(0, 8));
    }
  });

  it('is the same for everybody who knows the same peers, in whatever order', () => {
    const owner = ids[7]!;
    const found = ids.map((self) => {
      const others = ids.filter((id) => id !== self);
      return new PeerRanks(self).highest(owner, drawn(others, others.length, random), 8).join();
    });
    assert.equal(new Set(found).size, 1);
  });

  it('follows who comes and goes, and knows fewer than are asked for', () => {
    const ranks = new PeerRanks(ids[0]!);
    const [first] = ranks.highest(ids[1]!, ids.slice(1), 8);
    const left = ids.slice(1).filter((id) => id !== first);
    assert.ok(!ranks.highest(ids[1]!, left, 8).includes(first!));
    assert.deepEqual(ranks.highest(ids[1]!, [ids[1]!], 8), [ids[0]]);
  });

  it('of equal ranks takes the earlier one', () => {
    const twins = ['a', 'b', 'c'].map((end) => `${'1'.repeat(63)}${end}`);
    assert.deepEqual(new PeerRanks(twins[0]!).highest(ids[0]!, twins.slice(1), 2), twins.slice(0, 2));
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Bitfield } from '../core/bitfield.ts';
import { leafBins } from './leaf-bins.ts';

const field = (length: number, ...leaves: number[]) => {
  const have = new Bitfield(length);
  for (const leaf of leaves) have.add(leaf);
  return have;
};
const NONE: ReadonlySet<number> = new Set();

describe('the map of leaves in bins', () => {
  it('has one bin a leaf where there is room for them', () => {
    const bins = leafBins(
      { have: field(4, 0, 2), coming: new Set([3]), holders: (leaf) => (leaf === 1 ? 1 : 5) },
      10,
    );
    assert.deepEqual(bins, {
      leaves: 4,
      have: [1, 0, 1, 0],
      coming: [0, 0, 0, 1],
      rarest: [null, 1, null, 5],
      tally: { have: 2, coming: 1, atNobody: 0, atOne: 1, atMore: 0 },
    });
  });

  it('takes neighbours together, each leaf once, and tells of the rarest that is missing', () => {
    const bins = leafBins(
      { have: field(10, 0, 1, 2, 9), coming: new Set([4]), holders: (leaf) => leaf % 3 },
      3,
    );
    assert.deepEqual(bins.have, [3, 0, 1]);
    assert.deepEqual(bins.coming, [0, 1, 0]);
    assert.deepEqual(bins.rarest, [null, 0, 0]);
    assert.deepEqual(bins.tally, { have: 4, coming: 1, atNobody: 2, atOne: 1, atMore: 2 });
  });

  it('without anybody connected nobody has what is missing', () => {
    const { rarest, tally } = leafBins({ have: field(3, 1), coming: NONE }, 3);
    assert.deepEqual(rarest, [null, null, null]);
    assert.equal(tally.atNobody, 2);
  });

  it('of one leaf, of none, and of 100 GB', () => {
    assert.deepEqual(leafBins({ have: field(1, 0), coming: NONE }, 2000).have, [1]);
    assert.deepEqual(leafBins({ have: field(0), coming: NONE }, 2000).have, []);
    const { have, tally } = leafBins({ have: Bitfield.full(381_470), coming: NONE }, 2000);
    assert.equal(have.length, 2000);
    assert.equal(
      have.reduce((sum, one) => sum + one, 0),
      381_470,
    );
    assert.equal(tally.have, 381_470);
  });
});

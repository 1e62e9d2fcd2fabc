import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  GROUP_BYTES,
  GROUP_LEAVES,
  groupCount,
  groupLeaves,
  groupOfLeaf,
  LEAF_BYTES,
  leafBytes,
  leafCount,
  leafOffset,
  MAX_CONTENT_BYTES,
} from './leaf-layout.ts';

/** Sizes around every edge, and any size at all. */
const size = fc.oneof(
  fc.integer({ min: 0, max: 3 * GROUP_BYTES }),
  fc
    .tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: -2, max: 2 }))
    .map(([leaves, off]) => Math.max(0, leaves * LEAF_BYTES + off)),
  fc.integer({ min: 0, max: MAX_CONTENT_BYTES }),
);

describe('leaf layout', () => {
  it('leaves lie one after the other and cover the content exactly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3 * GROUP_BYTES }), (bytes) => {
        let at = 0;
        for (let leaf = 0; leaf < leafCount(bytes); leaf += 1) {
          assert.equal(leafOffset(leaf), at);
          const length = leafBytes(bytes, leaf);
          assert.ok(length > 0 && length <= LEAF_BYTES);
          if (leaf < leafCount(bytes) - 1) assert.equal(length, LEAF_BYTES);
          at += length;
        }
        assert.equal(at, bytes);
      }),
    );
  });

  it('groups hold every leaf exactly once, in order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20 * GROUP_BYTES }), (bytes) => {
        let next = 0;
        for (let group = 0; group < groupCount(bytes); group += 1) {
          const { first, count } = groupLeaves(bytes, group);
          assert.equal(first, next);
          assert.ok(count > 0 && count <= GROUP_LEAVES);
          assert.equal(groupOfLeaf(first), group);
          assert.equal(groupOfLeaf(first + count - 1), group);
          next += count;
        }
        assert.equal(next, leafCount(bytes));
      }),
    );
  });

  it('stays exact up to the largest content', () => {
    fc.assert(
      fc.property(size, (bytes) => {
        const leaves = leafCount(bytes);
        assert.ok(leaves <= 2 ** 26, 'leaf numbers fit 26 bits');
        if (leaves === 0) return assert.equal(bytes, 0);
        assert.equal(leafOffset(leaves - 1) + leafBytes(bytes, leaves - 1), bytes);
        assert.equal(groupCount(bytes), Math.ceil(leaves / GROUP_LEAVES));
      }),
    );
  });
});

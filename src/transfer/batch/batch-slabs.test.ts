import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settle } from '../../../test/support/settle.ts';
import { LeafBuffers, sharedBuffer } from '../../core/leaf-buffers.ts';
import { LEAF_BYTES } from '../../core/leaf-layout.ts';
import { MemoryBudget } from '../../core/memory-budget.ts';
import { BatchSlabs } from './batch-slabs.ts';
import { SLAB_LEAVES } from './small-parts.ts';

const SLAB_BYTES = SLAB_LEAVES * LEAF_BYTES;
const forever = new AbortController().signal;

/** Slabs of a job in a budget of so many leaves; `released` is told to `wants`. */
function world(leaves: number, wants: (slabs: BatchSlabs) => void = () => {}) {
  const budget = new MemoryBudget(leaves * LEAF_BYTES);
  const slabs: BatchSlabs = new BatchSlabs({
    parts: { budget },
    small: { slabs: new LeafBuffers(0, () => sharedBuffer(SLAB_LEAVES)) },
    released: () => wants(slabs),
  });
  return { budget, slabs };
}

describe('slabs of a job', () => {
  it('are taken while there is memory, and called for when there is again', () => {
    let calls = 0;
    const { budget, slabs } = world(2 * SLAB_LEAVES, () => {
      calls += 1;
    });
    const first = slabs.take();
    const second = slabs.take();
    assert.ok(first && second);
    assert.equal(slabs.take(), undefined);
    assert.equal(calls, 0);
    slabs.giveBack(first);
    assert.equal(calls, 1);
    assert.ok(slabs.take());
    assert.equal(budget.used, budget.total);
  });

  it('gather what comes free leaf by leaf for the first one', () => {
    const got: Buffer[] = [];
    const { budget, slabs } = world(SLAB_LEAVES, (mine) => {
      const slab = mine.take();
      if (slab) got.push(slab);
    });
    assert.ok(budget.tryReserve(SLAB_BYTES));
    assert.equal(slabs.take(), undefined);
    for (let leaf = 0; leaf < SLAB_LEAVES; leaf += 1) {
      assert.equal(got.length, 0);
      budget.release(LEAF_BYTES);
      assert.equal(budget.tryReserve(LEAF_BYTES), false, 'a leaf of a large file waits');
    }
    assert.equal(got.length, 1);
  });

  it('leave the memory to others once nobody wants one', async () => {
    const { budget, slabs } = world(SLAB_LEAVES);
    const slab = slabs.take();
    assert.ok(slab);
    const waiting = budget.reserve(LEAF_BYTES, forever);
    slabs.giveBack(slab);
    await waiting;
    assert.equal(budget.used, LEAF_BYTES);
  });

  it('that are waited for no longer leave the memory to others', async () => {
    for (const end of [(slabs: BatchSlabs) => slabs.stop(), () => {}]) {
      const { budget, slabs } = world(SLAB_LEAVES);
      assert.ok(budget.tryReserve(SLAB_BYTES));
      assert.equal(slabs.take(), undefined);
      const waiting = budget.reserve(LEAF_BYTES, forever);
      end(slabs);
      budget.release(SLAB_BYTES);
      await waiting;
      await settle();
      assert.equal(budget.used, LEAF_BYTES);
    }
  });
});

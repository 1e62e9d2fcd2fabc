import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemoryBudget } from '../../core/memory-budget.ts';
import { AnswerSlots, PIECE_BYTES } from './answer-slots.ts';

describe('places for answers', () => {
  it('are as many as was said, and hold their memory until they are given back', () => {
    const budget = new MemoryBudget(100 * PIECE_BYTES);
    const slots = new AnswerSlots(budget, 3);
    const [first] = [slots.take(), slots.take(), slots.take()];
    assert.equal(slots.take(), undefined);
    assert.equal(budget.used, 6 * PIECE_BYTES);
    first?.();
    first?.();
    assert.equal(budget.used, 4 * PIECE_BYTES);
    assert.ok(slots.take());
    assert.equal(slots.take(), undefined);
  });

  it('are no more than there is memory for', () => {
    const budget = new MemoryBudget(5 * PIECE_BYTES);
    const slots = new AnswerSlots(budget, 64);
    assert.ok(slots.take() && slots.take());
    assert.equal(slots.take(), undefined);
    assert.equal(budget.used, 4 * PIECE_BYTES);
  });
});

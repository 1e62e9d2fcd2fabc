import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settle } from '../../test/support/settle.ts';
import { systemClock } from '../core/clock.ts';
import { LeafBuffers } from '../core/leaf-buffers.ts';
import { LEAF_BYTES } from '../core/leaf-layout.ts';
import { MemoryBudget } from '../core/memory-budget.ts';
import type { Holding } from '../core/ports/holding.ts';
import { RateMeter } from '../core/rate-meter.ts';
import { LeafSender } from './leaf-sender.ts';
import type { Serving } from './swarm/upload-scheduler.ts';

describe('a sender of leaves', () => {
  it('takes memory in the order in which it sends, so that two of them never wait for each other', async () => {
    const budget = new MemoryBudget(5 * LEAF_BYTES);
    const elsewhere = 3 * LEAF_BYTES;
    assert.ok(budget.tryReserve(elsewhere));
    const sent: string[] = [];
    const senders = ['one', 'two'].map((name) => senderOf(budget, (first) => sent.push(`${name} ${first}`)));
    for (const sender of senders) {
      for (const serving of [span(0, 4), span(4, 1)]) {
        sender.prepare(serving);
        sender.send(serving);
      }
    }
    await settle();
    assert.deepEqual(sent, [], 'void: there was memory for the first span');
    budget.release(elsewhere);
    await settle();
    assert.deepEqual(sent.toSorted(), ['one 0', 'one 4', 'two 0', 'two 4']);
    assert.equal(budget.used, 0);
  });
});

const span = (first: number, count: number): Serving => ({ first, count }) as Serving;

function senderOf(budget: MemoryBudget, onSent: (first: number) => void): LeafSender {
  const holding = { size: 64 * LEAF_BYTES, read: async () => {} } as unknown as Holding;
  return new LeafSender({
    holding,
    sink: {
      async data(first, leaves) {
        onSent(first);
        return leaves.reduce((sum, leaf) => sum + leaf.byteLength, 0);
      },
    },
    budget,
    buffers: new LeafBuffers(8),
    meter: new RateMeter(systemClock),
    onChosen() {},
    onTaken() {},
    onDropped() {},
    onFailed(error) {
      throw error;
    },
    onGone() {},
  });
}

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { SourceLink } from '../../core/ports/source.ts';
import { BatchInHand, type BatchItem } from './batch-in-hand.ts';

const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 });

/** A batch of contents of these sizes, and what it said of what came. */
function asked(lengths: readonly number[]) {
  const told = { bytes: 0, whole: 0, got: [] as number[], refused: [] as BatchItem[], complete: -1 };
  const channel = {
    got: (first: number, count: number) => {
      for (let i = first; i < first + count; i += 1) told.got.push(i);
    },
    cancel() {},
    complain() {},
    close() {},
  };
  const items = lengths.map((size, i) => ({ content: String(i).padStart(64, '0'), size }));
  const total = lengths.reduce((sum, size) => sum + size, 0);
  const link = { batch: () => channel } as unknown as SourceLink;
  const batch = new BatchInHand(link, items, Buffer.alloc(total), {
    came: (bytes, whole) => {
      told.bytes += bytes;
      told.whole += whole;
    },
    refused: (item) => told.refused.push(item),
    complete: (arrived) => {
      told.complete = arrived.length;
    },
    closed() {},
  });
  const starts = lengths.map((_, i) => lengths.slice(0, i).reduce((sum, size) => sum + size, 0));
  return { batch, told, total, starts };
}

describe('BatchInHand', () => {
  it('takes bytes in whatever pieces they come, over the ends of contents', () => {
    fc.assert(
      fc.property(sizes, fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }), (lengths, cuts) => {
        const { batch, told, total, starts } = asked(lengths);
        const bytes = Buffer.from(Array.from({ length: total }, (_, i) => i % 256));
        for (let at = 0, n = 0; at < total; n += 1) {
          const end = Math.min(total, at + cuts[n % cuts.length]!);
          // Counted from the content that the piece begins in, or from one before it.
          const begins = starts.findLastIndex((start) => start <= at);
          const place = n % 2 === 0 ? begins : Math.floor(begins / 2);
          assert.ok(batch.data(place, at - starts[place]!, bytes.subarray(at, end)));
          at = end;
        }
        assert.deepEqual(batch.buffer, bytes);
        assert.deepEqual(told.got, [...lengths.keys()]);
        assert.deepEqual([told.bytes, told.whole, told.complete], [total, total, lengths.length]);
      }),
    );
  });

  it('refuses what was not asked for, has come, leaves a gap or goes past the end, and keeps what it has', () => {
    const { batch, told } = asked([10, 20, 30]);
    assert.ok(batch.data(0, 0, Buffer.alloc(15)));
    for (const [place, offset, length] of [
      [3, 0, 1],
      [0, 0, 5],
      [1, 4, 1],
      [1, 6, 1],
      [2, 1, 1],
      [0, 2 ** 32 - 1, 1],
      [1, 5, 46],
    ] as const)
      assert.equal(batch.data(place, offset, Buffer.alloc(length)), false, `${place} ${offset} ${length}`);
    assert.deepEqual(batch.owed, { bytes: 50, missing: 45 });
    batch.refused(1, 'changed');
    assert.equal(batch.data(1, 5, Buffer.alloc(15)), false, 'it was rejected');
    assert.equal(told.complete, -1);
    assert.ok(batch.data(2, 0, Buffer.alloc(30)));
    assert.deepEqual([told.got, told.refused.length, told.complete, told.bytes], [[0, 2], 1, 2, 45]);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { SmallWritten } from '../../../core/ports/small-files.ts';
import { listOf, writtenIn } from './written-list.ts';

const PLAIN = { noNullPrototype: true };
const unsigned = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const look = (size: number) =>
  fc.record(
    {
      size: fc.constant(size),
      mtime: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      device: unsigned,
      inode: unsigned,
      executable: fc.boolean(),
    },
    PLAIN,
  );
const bytes = (count: number) =>
  fc.uint8Array({ minLength: count, maxLength: count }).map((array) => Uint8Array.from(array));
const outcome: fc.Arbitrary<SmallWritten> = fc.oneof(
  fc
    .integer({ min: 0, max: 262_144 })
    .chain((size) =>
      fc.record(
        { outcome: fc.constant('written'), look: look(size), hashes: bytes(size === 0 ? 0 : 64) },
        PLAIN,
      ),
    ),
  fc.constant({ outcome: 'wrong' } as const),
  fc.constant({ outcome: 'taken' } as const),
  fc.record({ outcome: fc.constant('failed'), code: fc.string(), message: fc.string() }, PLAIN),
) as fc.Arbitrary<SmallWritten>;

describe('what became of small files', () => {
  it('is the same behind a message', () => {
    fc.assert(
      fc.property(fc.array(outcome), (written) => {
        assert.deepEqual(writtenIn(structuredClone(listOf(written))), written);
      }),
    );
  });

  it('takes no more than itself along, however the hashes lie in memory', () => {
    const pooled = Buffer.from('ab'.repeat(64), 'hex');
    const size = 1000;
    const one: SmallWritten = {
      outcome: 'written',
      look: { size, mtime: 1n, device: 2n, inode: 3n, executable: false },
      hashes: pooled,
    };
    const [back] = writtenIn(structuredClone(listOf([one])));
    assert.ok(back?.outcome === 'written' && back.hashes.buffer.byteLength === pooled.byteLength);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Bitfield } from './bitfield.ts';

type Step = { readonly kind: 'add' | 'delete' | 'has'; readonly at: number };

const steps = (length: number) =>
  fc.array(
    fc.record<Step>({
      kind: fc.constantFrom('add', 'delete', 'has'),
      at: fc.integer({ min: 0, max: Math.max(0, length - 1) }),
    }),
    { maxLength: 200 },
  );
const scenario = fc
  .integer({ min: 1, max: 200 })
  .chain((length) => fc.tuple(fc.constant(length), steps(length)));

describe('Bitfield', () => {
  it('is a set of numbers', () => {
    fc.assert(
      fc.property(scenario, ([length, list]) => {
        const field = new Bitfield(length);
        const model = new Set<number>();
        for (const { kind, at } of list) {
          if (kind === 'add') assert.equal(field.add(at), !model.has(at) && Boolean(model.add(at)));
          else if (kind === 'delete') assert.equal(field.delete(at), model.delete(at));
          else assert.equal(field.has(at), model.has(at));
          assert.equal(field.count, model.size);
        }
        assert.deepEqual(
          [...field],
          [...model].sort((a, b) => a - b),
        );
        assert.equal(field.isFull, model.size === length);
        const missing = Array.from({ length }, (_, i) => i).filter((i) => !model.has(i));
        for (let from = 0; from <= length; from += 1) {
          assert.equal(field.nextMissing(from), missing.find((i) => i >= from) ?? -1);
        }
      }),
    );
  });

  it('comes back from its bytes as it was, whatever stands in the spare bits', () => {
    fc.assert(
      fc.property(scenario, fc.nat(255), ([length, list], spare) => {
        const field = new Bitfield(length);
        for (const { at } of list) field.add(at);
        const bytes = field.bytes.slice();
        const used = length % 8;
        if (used > 0) bytes[bytes.length - 1]! |= (spare << used) & 0xff;
        const read = new Bitfield(length, bytes);
        assert.deepEqual([...read], [...field]);
        assert.equal(read.count, field.count);
        assert.deepEqual([...read.clone()], [...field]);
      }),
    );
  });

  it('counts the lowest bit of a byte first', () => {
    const field = new Bitfield(12);
    field.add(0);
    field.add(9);
    assert.deepEqual([...field.bytes], [0b1, 0b10]);
  });

  it('refuses what is outside, and bytes of another length', () => {
    const field = new Bitfield(10);
    for (const at of [-1, 10, 1.5, Number.NaN]) assert.throws(() => field.add(at), RangeError);
    assert.equal(field.has(-1), false);
    assert.equal(field.has(10), false);
    assert.throws(() => new Bitfield(10, new Uint8Array(1)), RangeError);
    assert.throws(() => new Bitfield(10, new Uint8Array(3)), RangeError);
  });

  it('of nothing is full', () => {
    assert.equal(new Bitfield(0).isFull, true);
    assert.equal(new Bitfield(0).nextMissing(), -1);
    assert.deepEqual([...Bitfield.full(11)], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    assert.equal(Bitfield.full(11).count, 11);
  });
});

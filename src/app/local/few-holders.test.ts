import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Found } from '../../index/queries.ts';
import { withFewHolders } from './few-holders.ts';

const SELF = 70;
const BEST = 90;

const found = (count: number): Found => ({
  ...{ path: 'best/x.txt', size: 1, content: 'a'.repeat(64), modified: '' },
  holders: Array.from({ length: count }, (_, n) => ({
    peer: n.toString(16).padStart(32, '0'),
    name: `peer-${n}`,
    address: '127.0.0.1:1',
    path: n === BEST ? 'best/x.txt' : 'other/x.txt',
    self: n === SELF,
  })),
});
const named = (holders: readonly { readonly name: string }[]) => holders.map(({ name }) => name);

describe('the holders of what is found', () => {
  it('are all named where they are few, as they are', () => {
    const few = found(100);
    assert.deepEqual(withFewHolders([few]), [few]);
    assert.deepEqual(withFewHolders([]), []);
  });

  it('begin with the one whose path is told and with this peer where they are many, and say of how many', () => {
    const [some] = withFewHolders([found(100)], 3);
    assert.deepEqual(named(some!.holders), [`peer-${BEST}`, `peer-${SELF}`, 'peer-0']);
    assert.equal(some!.held, 100);
    const [one] = withFewHolders([found(100)], 1);
    assert.deepEqual(named(one!.holders), [`peer-${BEST}`]);
  });

  it('share the room of an answer', () => {
    const told = (results: number, holders: number) =>
      withFewHolders(Array.from({ length: results }, () => found(holders))).map(
        ({ holders: some }) => some.length,
      );
    assert.deepEqual(told(1, 9000), [5000]);
    assert.deepEqual(new Set(told(50, 300)), new Set([100]));
    assert.deepEqual(new Set(told(1000, 300)), new Set([16]));
    const bytes = JSON.stringify(withFewHolders(Array.from({ length: 50 }, () => found(3000)))).length;
    assert.ok(bytes < 2 ** 20, `${bytes} bytes`);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { heldBy, holderCount } from './held-by.ts';

const holder = (n: number) => ({
  ...{ peer: n.toString(16).padStart(32, '0'), name: `peer-${n}`, address: '', path: 's/x', self: n === 1 },
});
const holders = (count: number) => Array.from({ length: count }, (_, n) => holder(n));

describe('who holds a content', () => {
  it('is told by name', () => {
    assert.equal(heldBy({ holders: holders(3) }), 'peer-0, peer-1 (this one), peer-2');
    assert.equal(holderCount({ holders: holders(3) }), 3);
  });

  it('is told by number first where they are many, or not all named', () => {
    assert.equal(heldBy({ holders: holders(2), held: 4321 }), '4,321 peers: peer-0, peer-1 (this one), …');
    assert.equal(holderCount({ holders: holders(2), held: 4321 }), 4321);
    const many = heldBy({ holders: holders(60) });
    assert.match(many, /^60 peers: peer-0, /);
    assert.equal(many.split(',').length, 51);
  });
});

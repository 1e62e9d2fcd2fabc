import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../core/random.ts';
import { LeafSet } from './swarm/leaf-set.ts';
import { inOrder, rarestFirst } from './swarm/policies.ts';
import { nothingElse, UrgentLeaves } from './urgent-leaves.ts';

const LEAVES = 40;
const random = seededRandom(1);

describe('leaves that somebody waits for', () => {
  const ask = (policy: typeof rarestFirst, taken: readonly number[] = [], offered = LeafSet.full(LEAVES)) => {
    const set = new LeafSet(LEAVES);
    for (const leaf of taken) set.add(leaf);
    return policy({ offered, taken: set, counts: new Uint16Array(LEAVES), last: -1 }, random);
  };

  it('come before all others, in the order of the content', () => {
    const urgent = new UrgentLeaves();
    urgent.want('a').move(30, 33);
    const policy = urgent.first('a', inOrder(LEAVES));
    assert.equal(ask(policy), 30);
    assert.equal(ask(policy, [30]), 31);
    assert.equal(ask(policy, [30, 31, 32]), 0);
    assert.equal(ask(urgent.first('b', inOrder(LEAVES))), 0, 'of another content');
  });

  it('are asked only of who has them', () => {
    const urgent = new UrgentLeaves();
    urgent.want('a').move(30, 32);
    const offered = new LeafSet(LEAVES);
    for (const leaf of [5, 31]) offered.add(leaf);
    assert.equal(ask(urgent.first('a', rarestFirst), [], offered), 31);
    assert.equal(ask(urgent.first('a', nothingElse), [31], offered), -1);
  });

  it('end with who waited, and may lie behind the end of the content', () => {
    const urgent = new UrgentLeaves();
    const one = urgent.want('a');
    one.move(LEAVES - 1, LEAVES + 20);
    const policy = urgent.first('a', nothingElse);
    assert.equal(ask(policy), LEAVES - 1);
    assert.equal(ask(policy, [LEAVES - 1]), -1);
    one.release();
    assert.equal(ask(policy), -1);
  });

  it('tell downloads when they change, and only then', () => {
    const urgent = new UrgentLeaves();
    let told = 0;
    const end = urgent.listen('a', () => (told += 1));
    const one = urgent.want('a');
    one.move(1, 3);
    one.move(1, 3);
    urgent.want('b').move(1, 3);
    assert.equal(told, 1);
    end();
    one.move(2, 4);
    assert.equal(told, 1);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { askOnce, mapShared } from './ask-once.ts';

describe('askOnce', () => {
  it('asks for what is equal once, and answers in the order of all', () => {
    const asked: (readonly string[])[] = [];
    const answers = askOnce(['b', 'a', 'b', 'b'], (distinct) => {
      asked.push(distinct);
      return distinct.map((one) => `${one}!`);
    });
    assert.deepEqual(answers, ['b!', 'a!', 'b!', 'b!']);
    assert.deepEqual(asked, [['b', 'a']]);
    assert.deepEqual(
      askOnce([], () => []),
      [],
    );
  });
});

describe('mapShared', () => {
  it('maps one object once', () => {
    const [one, other] = [[1], [2]];
    const mapped = mapShared([one, other, one], (list) => list.map((n) => n + 1));
    assert.deepEqual(mapped, [[2], [3], [2]]);
    assert.equal(mapped[0], mapped[2]);
  });
});

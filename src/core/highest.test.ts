import assert from 'node:assert/strict';
import { test } from 'node:test';
import { highest } from './highest.ts';
import { randomInt, seededRandom } from './random.ts';

test('the highest of many are those of a whole sort, of equal ranks the earlier ones', () => {
  const random = seededRandom(2);
  for (let round = 0; round < 200; round += 1) {
    const ones = Array.from({ length: round }, (_, n) => ({ n, rank: randomInt(random, 40) }));
    const most = randomInt(random, 10);
    const sorted = ones.toSorted((a, b) => b.rank - a.rank).slice(0, most);
    assert.deepEqual(
      highest(ones, most, ({ rank }) => rank),
      sorted,
    );
  }
});

test('ranks may be texts, and may go by the place', () => {
  assert.deepEqual(
    highest(['b', 'c', 'a'], 2, (one) => one),
    ['c', 'b'],
  );
  assert.deepEqual(
    highest(['b', 'c', 'a'], 2, (_, n) => n),
    ['a', 'c'],
  );
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ERROR_CODES } from '../core/errors.ts';
import { EXIT_OF, exitOfAll } from './exit-codes.ts';

describe('exit codes', () => {
  it('are those of the contract', () => {
    const { failed, usage, ambiguous, unavailable, verification, interrupted } = EXIT_OF;
    assert.deepEqual(
      [failed, usage, ambiguous, unavailable, verification, interrupted],
      [1, 2, 2, 4, 5, 130],
    );
    assert.equal(EXIT_OF['not-found'], 3);
    assert.deepEqual(Object.keys(EXIT_OF).sort(), [...ERROR_CODES].sort());
    assert.ok(Object.values(EXIT_OF).every((code) => code !== 0));
  });

  it('of several things: 0 when all are there, the one cause, 1 where causes differ', () => {
    assert.equal(exitOfAll([]), 0);
    assert.equal(exitOfAll([0, 0]), 0);
    assert.equal(exitOfAll([0, 3, 0, 3]), 3);
    assert.equal(exitOfAll([3, 2]), 1);
  });
});

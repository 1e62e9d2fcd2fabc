import assert from 'node:assert/strict';
import { mkdirSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, it } from 'node:test';
import { asPeerdexError, inWords, systemCode } from './errors.ts';

describe('what failed in the system', () => {
  const caught = (call: () => unknown): unknown => {
    try {
      call();
    } catch (error) {
      return error;
    }
    return assert.fail('nothing failed');
  };

  it('is told in words, without the code and the call', () => {
    const folder = tmpdir();
    const standing = caught(() => mkdirSync(folder));
    const error = asPeerdexError(standing, `cannot make the folder ${folder}`);
    assert.equal(error.message, `cannot make the folder ${folder}: file already exists`);
    assert.equal(systemCode(error), 'EEXIST');
    const closed = caught(() => writeSync(2 ** 30, 'x'));
    assert.equal(asPeerdexError(closed, 'cannot write').message, 'cannot write: bad file descriptor');
  });

  it('names the path where the sentence does not', () => {
    const standing = caught(() => mkdirSync(tmpdir()));
    const error = asPeerdexError(standing, 'cannot scan');
    assert.equal(error.message, `cannot scan: file already exists (${tmpdir()})`);
    assert.equal(inWords(standing), 'file already exists', 'nor where nobody wants it');
    for (const process of ['self', '17']) {
      const below = caught(() => mkdirSync(`/proc/${process}/fd/none/a`));
      assert.equal(asPeerdexError(below, 'cannot scan').message, 'cannot scan: no such file or directory');
    }
  });

  it('is left as it is where it is no call, or has no sentence before it', () => {
    assert.equal(asPeerdexError(new Error('a: b, c'), 'cannot').message, 'cannot: a: b, c');
    assert.equal(asPeerdexError('gone').message, 'gone');
    const standing = caught(() => mkdirSync(tmpdir()));
    assert.match(asPeerdexError(standing).message, /^EEXIST: /);
  });
});

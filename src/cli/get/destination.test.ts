import assert from 'node:assert/strict';
import os from 'node:os';
import { describe, it } from 'node:test';
import { destination } from './destination.ts';

describe('destination', () => {
  it('is absolute, and a folder when it ends in / or is one', () => {
    assert.deepEqual(destination('new.txt', '/a'), { output: '/a/new.txt', outputIsFolder: false });
    assert.deepEqual(destination('sub/', '/a'), { output: '/a/sub', outputIsFolder: true });
    assert.deepEqual(destination('.', os.tmpdir()), { output: os.tmpdir(), outputIsFolder: true });
    assert.deepEqual(destination('/x/y', '/a'), { output: '/x/y', outputIsFolder: false });
    assert.throws(() => destination('', '/a'), { code: 'usage' });
    assert.throws(() => destination('x'.repeat(300), '/'), {
      message: /^-o: cannot look at \/x{300}: name too long$/,
    });
  });
});

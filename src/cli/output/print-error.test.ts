import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PeerdexError } from '../../core/errors.ts';
import { errorLines, failureLine } from './print-error.ts';

const ambiguous = new PeerdexError('ambiguous', 'a.txt\x1b fits two', {
  hint: 'say which',
  candidates: [{ what: 'one:a.txt', note: '5 B' }, { what: 'two:\u202ea.txt' }],
});

describe('errorLines', () => {
  it('for people: a sentence, what it could mean, what to do, all escaped', () => {
    assert.deepEqual(errorLines(ambiguous, false), [
      'peerdex: a.txt\\u{1b} fits two',
      '  one:a.txt   5 B',
      '  two:\\u{202e}a.txt',
      'hint: say which',
    ]);
  });

  it('for machines: one JSON line with the same four members always', () => {
    const [line, ...more] = errorLines(ambiguous, true);
    assert.equal(more.length, 0);
    assert.deepEqual(JSON.parse(line!), {
      error: {
        code: 'ambiguous',
        message: ambiguous.message,
        hint: 'say which',
        candidates: [{ what: 'one:a.txt', note: '5 B' }, { what: 'two:\u202ea.txt' }],
      },
    });
    assert.deepEqual(JSON.parse(errorLines(new TypeError('broken'), true)[0]!), {
      error: { code: 'failed', message: 'broken', hint: null, candidates: [] },
    });
  });
});

describe('failureLine', () => {
  it('names what failed once', () => {
    assert.equal(failureLine('a.txt', 'no peer has it'), 'peerdex: a.txt: no peer has it');
    assert.equal(failureLine('a', 'nothing is called "a"'), 'peerdex: nothing is called "a"');
    assert.equal(failureLine('a', 'a peer is away'), 'peerdex: a: a peer is away');
    assert.equal(failureLine('/d/a\x1b', '/d/a\x1b stands there'), 'peerdex: /d/a\\u{1b} stands there');
  });
});

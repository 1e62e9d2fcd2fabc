import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { highlight } from './highlight.ts';

const mark = (text: string) => `[${text}]`;

describe('highlight', () => {
  it('marks words without regard to case and accents', () => {
    assert.equal(
      highlight('music/Beyoncé live.ogg', ['beyonce', 'LIVE'], mark),
      'music/[Beyoncé] [live].ogg',
    );
    assert.equal(highlight('Straße.txt', ['nothing'], mark), 'Straße.txt');
    assert.equal(highlight('aaaa', ['aa', 'a'], mark), '[aaaa]');
    assert.equal(highlight('a.b*c', ['.b*'], mark), 'a[.b*]c');
  });

  it('takes nothing away', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.string({ maxLength: 3 })), (text, words) => {
        assert.equal(
          highlight(text, words, (match) => match),
          text,
        );
      }),
    );
  });
});

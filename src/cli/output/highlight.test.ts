import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { highlight } from './highlight.ts';

const mark = (text: string) => `[${text}]`;

describe('highlight', () => {
  it('marks words without regard to case and accents', () => {
    assert.equal(highlight('live/Beyoncé live.ogg', ['beyonce', 'LIVE'], mark), 'live/[Beyoncé] [live].ogg');
    assert.equal(highlight('Straße.txt', ['nothing'], mark), 'Straße.txt');
    assert.equal(highlight('Straße.txt', ['STRASSE'], mark), '[Straße].txt');
    assert.equal(highlight('aaaa', ['aa', 'a'], mark), '[aaaa]');
    assert.equal(highlight('a.b*c', ['.b*'], mark), 'a[.b*]c');
  });

  it('marks what is left of a match in a shortened path, and the … that hides one', () => {
    const path = 'music/a long recital.ogg';
    assert.equal(highlight(path, ['long'], mark, 'music/a lo…al.ogg  '), 'music/a [lo…]al.ogg  ');
    assert.equal(highlight(path, ['reci'], mark, 'music/a lo…al.ogg'), 'music/a lo[…]al.ogg');
    assert.equal(highlight(path, ['music'], mark, 'music/a lo…al.ogg'), 'music/a lo…al.ogg');
    assert.equal(highlight('a…b', ['b'], mark, 'a…b'), 'a…[b]');
  });

  it('knows that a sigma may stand at the end', () => {
    assert.equal(highlight('ΟΔΟΣ.txt', ['οδος'], mark), '[ΟΔΟΣ].txt');
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

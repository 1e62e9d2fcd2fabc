import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { escapeText, toJsonLine } from './escape.ts';

const HARMFUL = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

describe('escapeText', () => {
  it('makes control, direction and invisible characters visible', () => {
    assert.equal(escapeText('a\x1b[31mred\x07'), 'a\\u{1b}[31mred\\u{7}');
    assert.equal(escapeText('one\ntwo\r\x9b2J'), 'one\\u{a}two\\u{d}\\u{9b}2J');
    assert.equal(escapeText('txt.\u202egpj'), 'txt.\\u{202e}gpj');
    assert.equal(escapeText('a\u2028b\ufeffc\u{e0041}'), 'a\\u{2028}b\\u{feff}c\\u{e0041}');
    assert.equal(escapeText('half \ud800 pair'), 'half \\u{d800} pair');
  });

  it('leaves what people write alone', () => {
    for (const text of ['Füße.txt', '日本語', '👩‍👩‍👧 family', 'می‌خواهم', 'naïve — “quoted”', 'a\\b'])
      assert.equal(escapeText(text), text);
  });

  it('holds for any string', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.doesNotMatch(escapeText(text), HARMFUL);
      }),
    );
  });
});

describe('toJsonLine', () => {
  it('is one line without harmful characters and reads back the same', () => {
    const line = toJsonLine({ name: 'x\x1b\x9b\u202e\u2028\u{e0041}\n' });
    assert.equal(line, '{"name":"x\\u001b\\u009b\\u202e\\u2028\\udb40\\udc41\\n"}');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const written = toJsonLine({ text });
        assert.doesNotMatch(written, HARMFUL);
        assert.deepEqual(JSON.parse(written), { text });
      }),
    );
  });
});

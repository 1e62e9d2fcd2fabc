import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Column, table } from './table.ts';
import { shorten, textWidth } from './width.ts';

const COLUMNS: readonly Column[] = [
  { title: 'NAME', shrinks: true },
  { title: 'SIZE', align: 'right' },
  { title: 'HELD BY', shrinks: true },
];

describe('table', () => {
  it('aligns columns and ends lines without spaces', () => {
    assert.deepEqual(
      table(COLUMNS, [
        ['a.txt', '5 B', 'alice'],
        ['longer name.txt', '12.5 MB', ''],
      ]),
      ['NAME                SIZE  HELD BY', 'a.txt                5 B  alice', 'longer name.txt  12.5 MB'],
    );
  });

  it('counts columns of wide and combining characters', () => {
    const [, wide, plain] = table(COLUMNS, [
      ['日本語', '1 B', 'x'],
      ['e\u0301bcdef', '1 B', 'x'],
    ]);
    assert.equal(textWidth(wide!), textWidth(plain!));
  });

  it('escapes cells', () => {
    assert.match(table(COLUMNS, [['\x1b[2Jgone', '', '']])[1]!, /^\\u\{1b\}\[2Jgone$/);
  });

  it('fits the terminal as long as it is not narrower than its columns need', () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 60 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, fc.constant('12 MB'), cell)),
        fc.integer({ min: 30, max: 200 }),
        (rows, width) => {
          for (const line of table(COLUMNS, rows, width)) assert.ok(textWidth(line) <= width, line);
        },
      ),
    );
  });

  it('styles do not move columns', () => {
    const styled = COLUMNS.map((column) => ({ ...column, style: (text: string) => `<${text}>` }));
    const [, line] = table(styled, [['a', 'b', 'c']]);
    assert.equal(line, '<a   >  <   b>  <c>');
  });
});

describe('shorten', () => {
  it('leaves out the middle, so that start and name stay', () => {
    assert.equal(shorten('share/very/long/folder/names/file.txt', 20), 'share/v…mes/file.txt');
    assert.equal(shorten('short', 20), 'short');
    assert.equal(shorten('abc', 1), '…');
    assert.equal(shorten('abc', 0), '');
  });

  it('never gets wider than told', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, width) => {
        assert.ok(textWidth(shorten(text, width)) <= width);
      }),
    );
  });
});

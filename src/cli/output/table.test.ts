import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Column, table } from './table.ts';
import { shorten, textWidth, wrap } from './width.ts';

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

  it('cuts ids to their beginning first, then shortens, then leaves columns out', () => {
    const columns: readonly Column[] = [
      { title: 'NAME', shrinks: 10 },
      { title: 'SINCE', spare: 1 },
      { title: 'TIMES', spare: 2 },
      { title: 'ID', beginning: 8 },
    ];
    const rows = [['a very long name', '2026-01-01', '3', '0123456789abcdef']];
    assert.match(table(columns, rows, 80)[1]!, /^a very long name {2}2026-01-01 {2}3 {6}0123456789abcdef$/);
    assert.match(table(columns, rows, 50)[1]!, /^a very long name {2}2026-01-01 {2}3 {6}01234567$/);
    assert.match(table(columns, rows, 40)[1]!, /^a ve…g name {2}2026-01-01 {2}3 {6}01234567$/);
    assert.deepEqual(table(columns, rows, 33), [
      'NAME         SINCE       ID',
      'a ve…g name  2026-01-01  01234567',
    ]);
    assert.match(table(columns, rows, 24)[1]!, /^a .*name {2}01234567$/);
  });

  it('a style is told the whole of what is shown in part', () => {
    const style = (cell: string, text: string) => `${cell}<${text.length}>`;
    assert.match(table([{ title: 'NAME', shrinks: true, style }], [['x'.repeat(60)]], 20)[1]!, /^x+…x+<60>$/);
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
    assert.equal(shorten('share/folders/a-rather-long.txt', 24), 'share…/a-rather-long.txt');
    assert.equal(shorten('short', 20), 'short');
    assert.equal(shorten('abc', 1), '…');
    assert.equal(shorten('abc', 0), '');
  });

  it('does not cut emoji and letters with marks apart', () => {
    const family = '👨\u200d👩\u200d👧';
    assert.equal(textWidth(family), 2);
    assert.equal(textWidth('🇩🇪 é 日本語 क्\u200dष'), 14);
    for (let width = 1; width < 20; width += 1) {
      const short = shorten(family.repeat(10), width);
      assert.equal(short.replaceAll(family, ''), '…');
      assert.ok(textWidth(short) <= width);
    }
  });

  it('never gets wider than told', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, width) => {
        assert.ok(textWidth(shorten(text, width)) <= width);
      }),
    );
  });
});

describe('wrap', () => {
  it('breaks at spaces and shortens what is longer than a line', () => {
    assert.deepEqual(wrap('nobody who has it can be reached', 12), [
      'nobody who',
      'has it can',
      'be reached',
    ]);
    assert.deepEqual(wrap('a 0123456789abcdef', 8), ['a', '01…bcdef']);
    assert.deepEqual(wrap('', 8), ['']);
  });
});

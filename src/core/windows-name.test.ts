import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { windowsNameProblem } from './windows-name.ts';

describe('names on Windows', () => {
  it('that mean a device, a drive, a stream or another file are told', () => {
    const bad =
      'CON con.txt nul aux.c Prn.a.b COM1 lpt9.log com\u00b2 CONOUT$ C: C:evil file:stream a\\b a|b "a" a? dot.';
    for (const name of [...bad.split(' '), 'nul .txt', 'blank ', '<a>', 'a\u0001b', '...'])
      assert.ok(windowsNameProblem(name), name);
  });

  it('that only look like it are not', () => {
    for (const name of [
      'console',
      'aux1',
      'COM',
      'com10',
      'null.txt',
      'a.con',
      '.config',
      'lpt',
      'a b',
      '\u00e4.txt',
    ])
      assert.equal(windowsNameProblem(name), undefined, name);
  });
});

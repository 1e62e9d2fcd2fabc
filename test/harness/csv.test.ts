import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseCsv } from './csv.ts';

describe('the CSV reader of the tests', () => {
  it('reads plain and quoted fields, doubled quotes, line breaks inside', () => {
    assert.deepEqual(parseCsv('a,b\r\n"x, ""y""","1\n2"\r\n,\r\n'), [
      ['a', 'b'],
      ['x, "y"', '1\n2'],
      ['', ''],
    ]);
  });

  it('refuses what is no CSV', () => {
    for (const wrong of ['a"b\n', '"a"b\n', '"open\n', 'a\rb\n'])
      assert.throws(() => parseCsv(wrong), /not CSV/, wrong);
  });
});

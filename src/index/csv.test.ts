import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MemoryEntryStore } from '../storage/memory/entry-store.ts';
import { CSV_HEADER, type CsvRow, csvLine, csvRows } from './csv.ts';

const PEER = 'c'.repeat(32);

const row: CsvRow = {
  file: 'photos/a.txt',
  host: '192.168.1.5',
  port: 10000,
  flag: 1,
  size: 12,
  modified: '2024-01-02T03:04:05.678Z',
  content: 'd'.repeat(64),
  peer: PEER,
};

describe('csv', () => {
  it('writes the columns in the order that the header tells', () => {
    assert.deepEqual(parse(CSV_HEADER + csvLine(row)), [
      ['file', 'host', 'port', 'flag', 'size', 'modified', 'content', 'peer'],
      ['photos/a.txt', '192.168.1.5', '10000', '1', '12', row.modified, row.content, PEER],
    ]);
    assert.equal(parse(csvLine({ ...row, flag: 0, content: null }))[0]?.[6], '');
  });

  it('disarms formulas unless told not to', () => {
    for (const file of ['=1+1', '+1', '-1', '@x', '\tx', '\rx', '="a,b"']) {
      assert.equal(parse(csvLine({ ...row, file }))[0]?.[0], `'${file}`);
      assert.equal(parse(csvLine({ ...row, file }, true))[0]?.[0], file);
      assert.equal(parse(csvLine({ ...row, host: file }))[0]?.[1], `'${file}`);
    }
    assert.equal(parse(csvLine({ ...row, file: "a=1'" }))[0]?.[0], "a=1'");
  });

  it('gives any text back to a parser, and no line can begin a formula', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[=+\-@"',\r\n\t ab;]*$/));
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text, fc.boolean()), { maxLength: 8 }), (made) => {
        const lines = made.map(([file, host, raw]) => csvLine({ ...row, file, host }, raw));
        const parsed = parse(lines.join(''));
        assert.equal(parsed.length, made.length);
        for (const [i, [file, host, raw]] of made.entries()) {
          assert.equal(parsed[i]?.length, 8);
          for (const [field, value] of [
            [parsed[i]![0]!, file],
            [parsed[i]![1]!, host],
          ] as const) {
            if (raw) assert.equal(field, value);
            else {
              assert.ok(field === value || field === `'${value}`);
              assert.doesNotMatch(field, /^[=+\-@\t\r]/);
            }
          }
        }
      }),
    );
  });

  it('has a row for each file record of each owner, and none for folders', () => {
    const store = new MemoryEntryStore();
    store.addOwner(PEER, { index: '0'.repeat(16), seq: 0, floor: 0 }, 1);
    const file = {
      kind: 'file',
      size: 3,
      mtime: 1_500_000_000n,
      executable: false,
      content: 'd'.repeat(64),
      flag: 1,
    } as const;
    const records = Array.from({ length: 1200 }, (_, i) => ({ ...file, path: `s/f${i}`, seq: i + 1 }));
    store.put(PEER, [{ ...file, path: 's', kind: 'folder', content: undefined, seq: 2000 }, ...records], 1);
    store.put(PEER, [{ ...file, path: 's/f0', content: undefined, flag: 0, seq: 2001 }], 1);
    const rows = [...csvRows(store, () => ({ host: '::1', port: 5 }))].flat();
    assert.equal(rows.length, 1200);
    assert.deepEqual(
      rows.find((one) => one.file === 's/f0'),
      {
        file: 's/f0',
        host: '::1',
        port: 5,
        flag: 0,
        size: 3,
        modified: '1970-01-01T00:00:01.500Z',
        content: null,
        peer: PEER,
      },
    );
    assert.equal([...csvRows(store, () => undefined)].flat()[0]?.port, 0);
  });
});

/** RFC 4180, strictly: quotes only around a whole field, doubled inside; every record ends with CRLF. */
function parse(text: string): string[][] {
  const records: string[][] = [];
  let fields: string[] = [];
  let at = 0;
  while (at < text.length) {
    let field = '';
    if (text[at] === '"') {
      at += 1;
      for (;;) {
        const quote = text.indexOf('"', at);
        assert.ok(quote >= 0, 'a quote is never closed');
        field += text.slice(at, quote);
        at = quote + 1;
        if (text[at] !== '"') break;
        field += '"';
        at += 1;
      }
    } else {
      const end = /[,\r\n"]/g;
      end.lastIndex = at;
      const stop = end.exec(text)?.index ?? text.length;
      field = text.slice(at, stop);
      at = stop;
    }
    fields.push(field);
    if (text[at] === ',') at += 1;
    else {
      assert.equal(text.slice(at, at + 2), '\r\n', 'a record ends with CRLF');
      at += 2;
      records.push(fields);
      fields = [];
    }
  }
  assert.equal(fields.length, 0);
  return records;
}

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type CsvRow, csvLine } from '../../src/index/csv.ts';
import { parseCsv } from '../harness/csv.ts';
import { texts } from './corpus.ts';
import { mutatedText } from './mutate.ts';
import { runs } from './runs.ts';

const field = mutatedText(texts('csv-fields'), [',', '"', '=', '\r\n']);

describe('texts of others in a CSV file', () => {
  it('come back as they were, and begin no formula', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(field, field), { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        (rows, raw) => {
          const lines = rows.map(([file, host]) => csvLine({ ...ROW, file, host }, raw)).join('');
          const parsed = parseCsv(lines);
          assert.equal(parsed.length, rows.length);
          for (const [i, [file, host]] of rows.entries()) {
            const row = parsed[i]!;
            for (const [got, wanted] of [
              [row[0], file],
              [row[1], host],
            ]) {
              if (raw) assert.equal(got, wanted);
              else {
                assert.ok(got === wanted || got === `'${wanted}`);
                assert.doesNotMatch(got!, /^[=+\-@\t\r]/);
              }
            }
            assert.deepEqual(row.slice(2, 5), ['10000', '1', '12']);
            assert.equal(row[7], ROW.peer);
          }
        },
      ),
      runs(300),
    );
  });
});

const ROW: CsvRow = {
  file: 'a',
  host: 'b',
  port: 10000,
  flag: 1,
  size: 12,
  modified: '2024-01-02T03:04:05.678Z',
  content: 'd'.repeat(64),
  peer: 'c'.repeat(32),
};

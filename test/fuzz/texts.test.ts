import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatAddress, parseAddress } from '../../src/core/address.ts';
import { PeerdexError } from '../../src/core/errors.ts';
import { checkIndexPath, pathProblem } from '../../src/core/index-path.ts';
import { formatJoinLink, parseJoinLink } from '../../src/core/join-link.ts';
import { readSecret } from '../../src/core/trust/invite.ts';
import { isRole } from '../../src/core/trust/role.ts';
import { type CsvRow, csvLine } from '../../src/index/csv.ts';
import { parseCsv } from '../harness/csv.ts';
import { text } from './from-schema.ts';
import { runs } from './runs.ts';

const corpus = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'corpus/texts.json'), 'utf8'),
) as Record<'addresses' | 'links' | 'paths' | 'fields', string[]>;

/** The seeds, the same with a few characters put in, taken out or replaced, and what has nothing to do with them. */
const around = (seeds: readonly string[]) =>
  fc.oneof(
    fc.constantFrom(...seeds),
    fc
      .tuple(
        fc.constantFrom(...seeds),
        fc.array(fc.tuple(fc.nat(80), fc.nat(2), fc.string({ unit: 'binary', maxLength: 3 })), {
          maxLength: 4,
        }),
      )
      .map(([seed, edits]) =>
        edits.reduce(
          (so, [at, out, put]) =>
            so.slice(0, at % (so.length + 1)) + put + so.slice((at % (so.length + 1)) + out),
          seed,
        ),
      ),
    fc.tuple(fc.constantFrom(...seeds), fc.constantFrom(...seeds)).map(([a, b]) => a + b),
    text,
  );

/** The outcome, or undefined after a refusal of that code; any other end fails the test. */
function orRefused<T>(code: string, attempt: () => T): T | undefined {
  try {
    return attempt();
  } catch (error) {
    assert.ok(error instanceof PeerdexError && error.code === code, String(error));
    assert.ok(error.message.length < 1000, 'a refusal does not repeat all that it was given');
    return undefined;
  }
}

describe('texts from outside', () => {
  it('an address is one that can be written and read again, or refused', () => {
    fc.assert(
      fc.property(around(corpus.addresses), fc.option(fc.nat(65535), { nil: undefined }), (some, port) => {
        const address = orRefused('usage', () => parseAddress(some, port));
        if (!address) return;
        assert.ok(Number.isInteger(address.port) && address.port >= 0 && address.port <= 65535);
        assert.doesNotMatch(address.host, /[\s/@?#[\]]/);
        assert.deepEqual(parseAddress(formatAddress(address)), address);
      }),
      runs(500),
    );
  });

  it('a join link is one that can be written and read again, or refused', () => {
    fc.assert(
      fc.property(around(corpus.links), (some) => {
        const link = orRefused('usage', () => parseJoinLink(some));
        if (!link) return;
        assert.ok(link.addresses.length >= 1 && link.addresses.length <= 16);
        assert.match(link.network, /^[0-9a-f]{32}$/);
        assert.ok(link.role === undefined || isRole(link.role));
        assert.ok(link.secret === undefined || readSecret(link.secret)?.byteLength === 16);
        for (const { host, port } of link.addresses) assert.ok(host !== '' && port > 0);
        assert.deepEqual(parseJoinLink(formatJoinLink(link)), link);
      }),
      runs(500),
    );
  });

  it('an index path stays below where it is put, on every system, or is refused', () => {
    fc.assert(
      fc.property(around(corpus.paths), (some) => {
        const checked = orRefused('forbidden', () => checkIndexPath(some));
        assert.equal(checked === undefined, pathProblem(some) !== undefined);
        if (checked === undefined) return;
        assert.equal(checked, some);
        assert.equal(path.posix.join('/to/here', checked), `/to/here/${checked}`);
        assert.doesNotMatch(checked, /\p{Cc}/u);
        assert.equal(Buffer.from(checked).toString(), checked, 'it is what UTF-8 makes of it');
      }),
      runs(500),
    );
  });

  it('a CSV row comes back as it was, and begins no formula', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(around(corpus.fields), around(corpus.fields)), { minLength: 1, maxLength: 5 }),
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

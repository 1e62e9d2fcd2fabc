import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { PeerdexError } from '../core/errors.ts';
import { humanRate, humanSize } from './output/human.ts';
import { parseLifetime, parseMoment, parseRate, parseSeconds, parseSize } from './units.ts';

const isUsage = (error: unknown) => error instanceof PeerdexError && error.code === 'usage' && !!error.hint;

describe('parseMoment', () => {
  const now = Date.parse('2024-06-15T12:00:00Z');

  it('reads how long ago, days and moments', () => {
    for (const [text, moment] of [
      ['7d', '2024-06-08T12:00:00.000Z'],
      ['90s', '2024-06-15T11:58:30.000Z'],
      ['2024-01-31', '2024-01-31T00:00:00.000Z'],
      [' 2030-01-31T12:00Z ', '2030-01-31T12:00:00.000Z'],
    ] as const)
      assert.equal(new Date(parseMoment(text, now)).toISOString(), moment, text);
  });

  it('refuses everything else', () => {
    for (const text of ['', 'yesterday', '2024-13-01', '2024-01-32', '31.1.2024', '-7d', '9999999999d'])
      assert.throws(() => parseMoment(text, now), isUsage, text);
    assert.throws(() => parseMoment('yesterday', now), { hint: /2024-01-31/ });
  });
});

describe('parseRate', () => {
  it('reads bytes and bits a second', () => {
    const rates: [string, number | null][] = [
      ['20MB/s', 20e6],
      ['100Mbit/s', 12.5e6],
      ['100Mbps', 12.5e6],
      ['1.5MiB/s', 1.5 * 2 ** 20],
      ['4194304B/s', 4194304],
      ['500kB/s', 500e3],
      ['2G', 2e9],
      [' 10 MB/s ', 10e6],
      ['500000', 500000],
      ['8kbit/s', 1000],
      ['unlimited', null],
      ['none', null],
    ];
    for (const [text, rate] of rates) assert.equal(parseRate(text), rate, text);
  });

  it('refuses what it cannot be sure of', () => {
    for (const text of [
      '',
      'fast',
      '20Mb/s',
      '20mb',
      '-5',
      '0',
      '1/s/s',
      '5 parsecs',
      'iB/s',
      '1iB',
      '1e9',
      'NaN',
      '7kbit/s',
      '999',
    ])
      assert.throws(() => parseRate(text), isUsage, text);
  });
});

describe('parseSize', () => {
  it('reads decimal and binary units', () => {
    const sizes: [string, number][] = [
      ['1.5GiB', 1.5 * 2 ** 30],
      ['500MB', 500e6],
      ['20k', 20e3],
      ['0', 0],
      ['7B', 7],
      ['1TiB', 2 ** 40],
    ];
    for (const [text, size] of sizes) assert.equal(parseSize(text), size, text);
    for (const text of ['5MB/s', '20Mb', '5bit', '9999999999999999TB', '1..5'])
      assert.throws(() => parseSize(text), isUsage, text);
  });

  it('takes any whole number of bytes in any unit', () => {
    const units = fc.constantFrom(
      ['', 1],
      ['B', 1],
      ['kB', 1e3],
      ['MB', 1e6],
      ['KiB', 2 ** 10],
      ['GiB', 2 ** 30],
    );
    fc.assert(
      fc.property(fc.nat(1_000_000), units, (number, [unit, scale]) => {
        assert.equal(parseSize(`${number}${unit}`), number * (scale as number));
        assert.equal(parseSize(`${number} ${unit}`), number * (scale as number));
      }),
    );
  });

  it('never gives anything but a safe whole number, or an error of code usage', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), (text) => {
        try {
          assert.ok(Number.isSafeInteger(parseSize(text)));
        } catch (error) {
          assert.ok(isUsage(error));
        }
      }),
    );
  });
});

describe('parseSeconds', () => {
  it('reads times', () => {
    const times: [string, number][] = [
      ['7d', 604800],
      ['12h', 43200],
      ['5m', 300],
      ['90s', 90],
      ['2w', 1209600],
      ['250ms', 0.25],
      ['30', 30],
      ['0.5', 0.5],
    ];
    for (const [text, seconds] of times) assert.equal(parseSeconds(text), seconds, text);
    for (const text of ['', 'soon', '-5', '7 days', '1h30m', '5M'])
      assert.throws(() => parseSeconds(text), isUsage, text);
  });

  it('reads how long something lasts', () => {
    const now = Date.UTC(2030, 0, 1);
    const times: [string, number][] = [
      ['7d', 604800],
      ['520w', 520 * 604800],
      ['2030-01-02', 86400],
      ['2030-01-01T00:05Z', 300],
      ['2030-01-01T00:00:30Z', 30],
    ];
    for (const [text, seconds] of times) assert.equal(parseLifetime(text, now), seconds, text);
    for (const text of [
      '0',
      '0d',
      '2030-01-01',
      '2029-12-31',
      '2030-13-01',
      '2030-01-01T00:05',
      '522w',
      '2041-01-01',
    ])
      assert.throws(() => parseLifetime(text, now), isUsage, text);
    for (const text of ['never', '', '-1d', 'tomorrow', '01.02.2030', '9999999999999999w'])
      assert.throws(() => parseLifetime(text, now), isUsage, text);
    assert.throws(() => parseLifetime('tomorrow', now), { hint: /2030-01-31/ });
  });
});

describe('what is printed reads back', () => {
  it('within the digits that are printed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 45 }), (bytes) => {
        const back = parseSize(humanSize(bytes).replace('PB', '000TB'));
        assert.ok(Math.abs(back - bytes) <= bytes * 0.06, `${bytes}: ${humanSize(bytes)}`);
        const rate = Math.max(1000, bytes);
        assert.ok(Math.abs(parseRate(humanRate(rate))! - rate) <= rate * 0.06);
      }),
    );
  });
});

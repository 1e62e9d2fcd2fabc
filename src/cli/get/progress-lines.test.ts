import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { textWidth } from '../output/width.ts';
import { progressLine, progressText } from './progress-lines.ts';
import type { Total } from './tally.ts';

const one: Total = {
  done: 0,
  files: 1,
  bytes: 45e6,
  size: 100e6,
  rate: 11e6,
  left: 4.5,
  name: 'holiday.mkv',
  sources: 2,
  reason: undefined,
};
const many: Total = { ...one, done: 7, files: 300, bytes: 1e9, size: 4e9, left: 272 };

describe('progress', () => {
  it('one file: part, bar, rate, time left, sources and name', () => {
    assert.equal(
      progressLine(one, 90),
      ' 45 % [======        ]  11.0 MB/s     5 s left  2 sources  holiday.mkv',
    );
  });

  it('many files: all of them together, and the one that is on its way', () => {
    assert.equal(
      progressLine(many, 90),
      ' 25 % [===           ]  11.0 MB/s   4 min left    7/300 files  holiday.mkv',
    );
  });

  it('keeps every field in its place while numbers change', () => {
    const at = (total: Total) => progressLine(total, 100).indexOf('holiday.mkv');
    const later = { ...many, done: 299, bytes: 4e9, rate: 999_949_999, left: 0.1 };
    assert.equal(at(later), at(many));
    assert.equal(at({ ...many, rate: 0, left: Number.POSITIVE_INFINITY }), at(many));
    assert.equal(at({ ...many, left: 86_400 * 12 }), at(many));
  });

  it('a narrow terminal goes without the name, then without what is least wanted', () => {
    assert.match(progressLine(many, 60), /^ 25 % \[.*\] {2}11.0 MB\/s {3}4 min left {4}7\/300 files$/);
    assert.match(progressLine(many, 40), /^ 25 % \[.*\] {2}11.0 MB\/s {2}ho…y\.mkv$/);
    assert.match(progressLine(many, 35), /^ 25 % \[.*\] {2}11.0 MB\/s$/);
  });

  it('calm lines', () => {
    assert.equal(progressText(one), 'holiday.mkv: 45 % of 100 MB, 11.0 MB/s, 5 s left, 2 sources');
    assert.equal(progressText(many), '7 of 300 files: 25 % of 4.0 GB, 11.0 MB/s, 4 min left');
  });

  it('says why nothing moves', () => {
    const stuck = { ...one, rate: 0, reason: 'nobody has it\x1b' };
    assert.match(progressText(stuck), /, nobody has it\\u\{1b\}$/);
    assert.match(progressLine(stuck, 80), /\] {2}nobody has it\\u\{1b\}$/);
    assert.match(progressText({ ...one, rate: 0 }), /waiting/);
  });

  it('fits any terminal and shows nothing harmful', () => {
    const any = fc.record({
      name: fc.string({ unit: 'binary', maxLength: 200 }),
      bytes: fc.nat(),
      size: fc.nat(),
      rate: fc.nat(),
      left: fc.double({ min: 0, noNaN: true }),
      files: fc.integer({ min: 1, max: 2e6 }),
      reason: fc.option(fc.string({ unit: 'binary' }), { nil: undefined }),
    });
    fc.assert(
      fc.property(any, fc.integer({ min: 20, max: 250 }), (parts, width) => {
        const line = progressLine({ ...one, ...parts }, width);
        assert.ok(textWidth(line) < width, line);
        assert.doesNotMatch(line, /\p{Cc}/u);
      }),
    );
  });
});

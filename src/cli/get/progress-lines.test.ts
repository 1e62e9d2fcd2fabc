import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { textWidth } from '../output/width.ts';
import { type Progress, progressBars, progressText } from './progress-lines.ts';

const progress = (parts: Partial<Progress> = {}): Progress => ({
  event: 'progress',
  job: '1',
  path: '/downloads/holiday.mkv',
  bytes: 45e6,
  size: 100e6,
  rate: 11e6,
  sources: 2,
  ...parts,
});

describe('progress', () => {
  it('a bar with percent, rate, time left and sources', () => {
    assert.deepEqual(progressBars([progress()], 90), [
      'holiday.mkv [==========              ] 45 % 11.0 MB/s, 5 s left, 2 sources',
    ]);
  });

  it('a calm line', () => {
    assert.equal(progressText(progress()), 'holiday.mkv: 45 % of 100 MB, 11.0 MB/s, 5 s left, 2 sources');
  });

  it('says why nothing moves', () => {
    assert.match(
      progressText(progress({ rate: 0, sources: 0, reason: 'nobody has it\x1b' })),
      /, nobody has it\\u\{1b\}$/,
    );
    assert.match(progressText(progress({ rate: 0 })), /waiting/);
  });

  it('some bars and a count of the rest', () => {
    const many = Array.from({ length: 9 }, (_, i) => progress({ path: `/d/${i}` }));
    const lines = progressBars(many, 80);
    assert.equal(lines.length, 6);
    assert.equal(lines.at(-1), 'and 4 more files');
  });

  it('fits any terminal and shows nothing harmful', () => {
    const any = fc.record({
      path: fc.string({ unit: 'binary', maxLength: 200 }).map((name) => `/${name}`),
      bytes: fc.nat(),
      size: fc.nat(),
      rate: fc.nat(),
      sources: fc.nat(1000),
    });
    fc.assert(
      fc.property(any, fc.integer({ min: 20, max: 250 }), (parts, width) => {
        for (const line of progressBars([progress(parts)], width)) {
          assert.ok(textWidth(line) < width, line);
          assert.doesNotMatch(line, /\p{Cc}/u);
        }
      }),
    );
  });
});

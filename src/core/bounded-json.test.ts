import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseBoundedJson } from './bounded-json.ts';

describe('JSON with a bound on its values', () => {
  it('is parsed as ever when the bound is wide enough, and no value goes uncounted', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => {
        const value: unknown = JSON.parse(text);
        assert.deepEqual(parseBoundedJson(Buffer.from(text), 2 * countOf(value)), value);
        const least = countOf(value);
        if (least > 1) assert.throws(() => parseBoundedJson(Buffer.from(text), least - 1), SyntaxError);
      }),
      { numRuns: 500 },
    );
  });

  it('takes what stands in texts for text', () => {
    const text = JSON.stringify(['[,{"\\', '\\"', ',,,,,,']);
    assert.deepEqual(parseBoundedJson(Buffer.from(text), 4), JSON.parse(text));
  });

  it('refuses millions of empty lists without parsing them', () => {
    const before = process.memoryUsage().heapUsed;
    assert.throws(
      () => parseBoundedJson(Buffer.from(`[${'[],'.repeat(4_000_000)}[]]`), 1000),
      /more than 1000/,
    );
    assert.throws(() => parseBoundedJson(Buffer.alloc(10_000_000, '['), 1000), /more than 1000/);
    assert.ok(process.memoryUsage().heapUsed - before < 50 * 2 ** 20);
  });

  it('refuses what is no JSON', () => {
    for (const text of ['', '"', '"\\', '{', '[1', 'x']) {
      assert.throws(() => parseBoundedJson(Buffer.from(text), 100), SyntaxError, text);
    }
  });
});

const countOf = (value: unknown): number =>
  typeof value === 'object' && value !== null
    ? Object.values(value).reduce((sum: number, one) => sum + countOf(one), 1)
    : 1;

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseBoundedJson } from '../../../src/core/bounded-json.ts';
import { mutatedBytes } from '../mutate.ts';
import { mutatedJson } from '../mutate-json.ts';
import { target } from '../target.ts';

const MOST = 20;

/** What has few values is parsed as JSON.parse does it; what has too many is refused before. */
export const boundedJson = target<Uint8Array>(
  { name: 'bounded-json', parses: ['core/bounded-json.ts'] },
  () => {
    const samples = [
      [1, 'a,[{"', { b: [] }],
      { a: { b: { c: [1, 2, 3, 4, '\\"'] } } },
      Array(MOST).fill({}),
      '[,{"\\',
    ];
    const asBytes = samples.map((value) => Buffer.from(JSON.stringify(value)));
    const inputs = fc.oneof(
      { weight: 1, arbitrary: mutatedJson(samples).map((value) => Buffer.from(JSON.stringify(value) ?? '')) },
      { weight: 1, arbitrary: mutatedBytes(asBytes) },
    );
    return { inputs, check };
  },
);

function check(bytes: Uint8Array): boolean {
  const plain = outcome(() => JSON.parse(Buffer.from(bytes).toString()));
  const bounded = outcome(() => parseBoundedJson(bytes, MOST));
  if (bounded) {
    assert.deepEqual(bounded, plain);
    assert.ok(valuesIn(bounded[0]) <= MOST);
  } else if (plain) assert.ok(valuesIn(plain[0]) * 2 > MOST, 'no fewer than half are refused');
  return bounded !== undefined;
}

function outcome(parse: () => unknown): [unknown] | undefined {
  try {
    return [parse()];
  } catch (error) {
    assert.ok(error instanceof SyntaxError, String(error));
    return undefined;
  }
}

const valuesIn = (value: unknown): number =>
  typeof value === 'object' && value !== null
    ? Object.values(value).reduce<number>((sum, one) => sum + valuesIn(one), 1)
    : 1;

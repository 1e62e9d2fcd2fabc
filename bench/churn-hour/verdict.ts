import { MEASURES, type Measure, type Sample } from './sample.ts';

export interface Trend {
  readonly measure: Measure;
  /** Means of the third and of the last quarter of the run. */
  readonly from: number;
  readonly to: number;
  /** By the line of least squares through the second half: what that half added. */
  readonly grown: number;
  /** Grown by more than chance and a tenth explain. */
  readonly grows: boolean;
}

/** What a half may add whatever it is compared with: collections, pages and sockets come in lumps. */
const LUMP: Readonly<Record<Measure, number>> = {
  rss: 8 * 2 ** 20,
  heap: 3 * 2 ** 20,
  external: 6 * 2 ** 20,
  fds: 8,
  database: 2 ** 19,
  wal: 8 * 2 ** 20,
  folder: 9 * 2 ** 20,
  partials: 6,
};
const SHARE = 0.1;

/** `samples`: one a minute of one daemon. The first half is for what fills up to a bound. */
export function trends(samples: readonly Sample[]): Trend[] {
  const half = samples.slice(samples.length >> 1);
  return MEASURES.map((measure) => {
    const values = half.map((sample) => sample[measure]);
    const middle = values.length >> 1;
    const grown = slope(values) * (values.length - 1);
    const allowed = Math.max(LUMP[measure], SHARE * mean(values));
    return {
      ...{ measure, grown },
      from: mean(values.slice(0, Math.max(1, middle))),
      to: mean(values.slice(middle)),
      grows: grown > allowed,
    };
  });
}

/** Of a step, by least squares. */
function slope(values: readonly number[]): number {
  const at = (values.length - 1) / 2;
  const level = mean(values);
  let over = 0;
  let under = 0;
  for (const [i, value] of values.entries()) {
    over += (i - at) * (value - level);
    under += (i - at) ** 2;
  }
  return under === 0 ? 0 : over / under;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

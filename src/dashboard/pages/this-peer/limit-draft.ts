import type { ShownLimits } from '../../../protocol/http/local/limit-operations.ts';

type Plan = Pick<ShownLimits['up'], 'usual' | 'periods'>;

/** A period as it is typed: days as a set of bits (Sunday 1), times as `08:00`, a rate as `5` MB/s or nothing. */
export interface DraftPeriod {
  readonly key: number;
  readonly days: number;
  readonly from: string;
  readonly to: string;
  readonly rate: string;
}

export interface Draft {
  readonly usual: string;
  readonly periods: readonly DraftPeriod[];
}

const MEGABYTE = 1e6;
const LEAST_RATE = 1000;
const DAY_MINUTES = 1440;
let nextKey = 0;

export const NEW_PERIOD = { days: 0b0111110, from: '08:00', to: '18:00', rate: '' } as const;

export const withPeriod = (draft: Draft): Draft => ({
  ...draft,
  periods: [...draft.periods, { ...NEW_PERIOD, key: nextKey++ }],
});

export const draftOf = ({ usual, periods }: Plan): Draft => ({
  usual: rateText(usual),
  periods: periods.map(({ days, from, to, rate }, key) => ({
    key: -1 - key,
    days,
    from: clockText(from),
    to: clockText(to),
    rate: rateText(rate),
  })),
});

/** What was typed; undefined where some of it makes no sense. */
export function planOf({ usual, periods }: Draft): Plan | undefined {
  const rate = rateOf(usual);
  if (rate === undefined) return undefined;
  const read = periods.map(({ days, from, to, rate: typed }) => {
    const [begins, ends, limit] = [minutesOf(from), minutesOf(to), rateOf(typed)];
    if (days === 0 || begins === undefined || ends === undefined || limit === undefined) return undefined;
    // Midnight ends the day that it closes.
    return { days, from: begins, to: ends === 0 ? DAY_MINUTES : ends, rate: limit };
  });
  return read.every((period) => period !== undefined) ? { usual: rate, periods: read } : undefined;
}

/** Bytes a second; null for no limit; undefined for what is no rate. */
export function rateOf(text: string): number | null | undefined {
  if (text.trim() === '') return null;
  const rate = Math.round(Number(text.trim().replace(',', '.')) * MEGABYTE);
  return rate >= LEAST_RATE && rate <= Number.MAX_SAFE_INTEGER ? rate : undefined;
}

const rateText = (rate: number | null): string => (rate === null ? '' : String(rate / MEGABYTE));

const clockText = (minutes: number): string =>
  [Math.floor(minutes / 60) % 24, minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');

function minutesOf(text: string): number | undefined {
  const [, hours, minutes] = /^([01][0-9]|2[0-3]):([0-5][0-9])$/.exec(text) ?? [];
  return hours === undefined ? undefined : Number(hours) * 60 + Number(minutes);
}

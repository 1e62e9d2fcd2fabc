/** A rate for some hours of some days, by the machine's own clock and time zone. */
export interface RatePeriod {
  /** Bit n is set for day n of the week, Sunday is 0. */
  readonly days: number;
  /** Minutes of the day, 0 to 1440. Where `to` is not after `from` the period goes on past midnight into the next day. */
  readonly from: number;
  readonly to: number;
  /** Bytes a second; null: no limit. */
  readonly rate: number | null;
}

/** What a limit is at which times: where no period holds, the usual rate does. Bytes a second; null: no limit. */
export interface RatePlan {
  readonly usual: number | null;
  readonly periods: readonly RatePeriod[];
}

/** Most periods of a plan that comes over the network. */
export const MAX_PERIODS = 50;

const DAYS = 7;

/** What the first period says that holds at this moment; undefined when none does. */
export function rateAt(periods: readonly RatePeriod[], moment: Date): number | null | undefined {
  const day = moment.getDay();
  const minute = moment.getHours() * 60 + moment.getMinutes();
  return periods.find((period) => holds(period, day, minute))?.rate;
}

function holds({ days, from, to }: RatePeriod, day: number, minute: number): boolean {
  const on = (which: number) => ((days >> ((which + DAYS) % DAYS)) & 1) === 1;
  if (from < to) return on(day) && minute >= from && minute < to;
  return (on(day) && minute >= from) || (on(day - 1) && minute < to);
}

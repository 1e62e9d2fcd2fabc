import type { Clock } from '../core/clock.ts';
import type { RateLimiter } from '../core/rate-limiter.ts';
import { type RatePeriod, rateAt } from '../core/rate-schedule.ts';

const MINUTE_MS = 60_000;

/**
 * Keeps a limiter at the rate that holds now: what a person has set until this daemon stops, else what the schedule says, else the
 * usual one. Looks at every full minute, so that a clock that was set is noticed as well.
 */
export class ScheduledRate {
  readonly limiter: RateLimiter;
  readonly #usual: number | undefined;
  readonly #periods: readonly RatePeriod[];
  readonly #clock: Clock;
  #cancel: () => void = () => {};

  /** The limiter's rate is the usual one. */
  constructor(clock: Clock, limiter: RateLimiter, periods: readonly RatePeriod[]) {
    this.#clock = clock;
    this.limiter = limiter;
    this.#usual = limiter.rate;
    this.#periods = periods;
    if (periods.length > 0) this.#follow();
  }

  /** Bytes a second that hold from here on, whatever the schedule says; undefined: no limit. */
  set(rate: number | undefined): void {
    this.stop();
    this.limiter.rate = rate;
  }

  stop(): void {
    this.#cancel();
  }

  #follow(): void {
    const now = this.#clock.now();
    const said = rateAt(this.#periods, new Date(now));
    const rate = said === undefined ? this.#usual : (said ?? undefined);
    if (rate !== this.limiter.rate) this.limiter.rate = rate;
    this.#cancel = this.#clock.after(MINUTE_MS - (now % MINUTE_MS), () => this.#follow());
  }
}

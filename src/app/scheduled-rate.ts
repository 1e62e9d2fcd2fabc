import type { Clock } from '../core/clock.ts';
import type { RateLimiter } from '../core/rate-limiter.ts';
import { type RatePlan, rateAt } from '../core/rate-schedule.ts';

const MINUTE_MS = 60_000;

/**
 * Keeps a limiter at the rate that holds now: what a person has set until this daemon stops, else what the plan says. Looks at every full
 * minute, so that a clock that was set is noticed as well.
 */
export class ScheduledRate {
  readonly limiter: RateLimiter;
  /** What it was started with. */
  readonly first: RatePlan;
  readonly #clock: Clock;
  #plan: RatePlan;
  #isSet = false;
  #cancel: () => void = () => {};

  /** The limiter's rate is the usual one. */
  constructor(clock: Clock, limiter: RateLimiter, periods: RatePlan['periods']) {
    this.#clock = clock;
    this.limiter = limiter;
    this.first = { usual: limiter.rate ?? null, periods };
    this.#plan = this.first;
    this.follow(this.first);
  }

  get plan(): RatePlan {
    return this.#plan;
  }

  /** Whether a person has set it, so that the plan does not count now. */
  get isSet(): boolean {
    return this.#isSet;
  }

  /** Bytes a second that hold from here on, whatever the plan says; undefined: no limit. */
  set(rate: number | undefined): void {
    this.stop();
    this.#isSet = true;
    this.limiter.rate = rate;
  }

  /** Another plan, which counts at once, also where somebody has set a rate. */
  follow(plan: RatePlan): void {
    this.stop();
    this.#isSet = false;
    this.#plan = plan;
    this.#look();
  }

  stop(): void {
    this.#cancel();
  }

  #look(): void {
    const { usual, periods } = this.#plan;
    const now = this.#clock.now();
    const said = rateAt(periods, new Date(now));
    const rate = (said === undefined ? usual : said) ?? undefined;
    if (rate !== this.limiter.rate) this.limiter.rate = rate;
    if (periods.length > 0)
      this.#cancel = this.#clock.after(MINUTE_MS - (now % MINUTE_MS), () => this.#look());
  }
}

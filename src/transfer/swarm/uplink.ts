import type { Clock } from '../../core/clock.ts';
import { LEAF_BYTES } from '../../core/leaf-layout.ts';
import { RateMeter } from '../../core/rate-meter.ts';

/** So many bytes may always be on their way. */
const LEAST = 2 * LEAF_BYTES;
/** An estimate of the way's length is kept for so many milliseconds at least. */
const KEEP_MS = 10_000;

/**
 * How many bytes to have on their way over a line, so that it is never idle and no long queue stands in it: what it carries in
 * the time that an acknowledgement takes at best, and in `slackMs` more. The slack makes it grow while growing makes it faster.
 */
export class Pace {
  readonly #clock: Clock;
  readonly #slackMs: number;
  readonly #meter: RateMeter;
  /** Least milliseconds from sending to acknowledgement, of this period and of the one before. */
  #leastMs = Number.POSITIVE_INFINITY;
  #leastMsBefore = Number.POSITIVE_INFINITY;
  #periodSince: number;

  constructor(clock: Clock, slackMs: number) {
    this.#clock = clock;
    this.#slackMs = slackMs;
    this.#meter = new RateMeter(clock);
    this.#periodSince = clock.monotonic();
  }

  /** Bytes that were acknowledged so long after they were sent. */
  acknowledged(bytes: number, tookMs: number): void {
    this.#meter.add(bytes);
    const now = this.#clock.monotonic();
    if (now - this.#periodSince > KEEP_MS) {
      this.#leastMsBefore = this.#leastMs;
      this.#leastMs = Number.POSITIVE_INFINITY;
      this.#periodSince = now;
    }
    this.#leastMs = Math.min(this.#leastMs, tookMs);
  }

  /** Bytes a second that were acknowledged of late. */
  get rate(): number {
    return this.#meter.rate;
  }

  /** Milliseconds; 0 while nothing was acknowledged. */
  get leastMs(): number {
    const least = Math.min(this.#leastMs, this.#leastMsBefore);
    return Number.isFinite(least) ? least : 0;
  }

  /** Most bytes to have on their way. */
  get most(): number {
    return Math.max(LEAST, (this.rate / 1000) * (this.leastMs + this.#slackMs));
  }
}

import type { Clock } from '../../core/clock.ts';
import { LEAF_BYTES } from '../../core/leaf-layout.ts';

/** So many bytes may always be on their way. */
const LEAST = 2 * LEAF_BYTES;
/** And so many over a line of which nothing is known yet: what 100 Mbit/s carry in 160 ms. */
const START = 8 * LEAF_BYTES;
/** While a line is new, twice as much on the way has to make it so many times as fast, or is no use. */
const FASTER = 1.25;
const MOST_START = 64 * LEAF_BYTES;
/** The least time and the best rate are kept for so many milliseconds at least. */
const KEEP_MS = 10_000;
/** While the least time is looked for again, this part of what the line carries in it is on its way: it falls only a little idle. */
const PROBING = 0.75;
/** The rate is counted over so many milliseconds. */
const PERIOD_MS = 250;

/**
 * How many bytes to have on their way over a line, so that it is never idle and no long queue stands in it: what it carries in
 * the time that an acknowledgement takes at best, and in `slackMs` more. The slack makes it grow while growing makes it faster.
 */
export class Pace {
  readonly #clock: Clock;
  readonly #slackMs: number;
  readonly #mayDouble: () => boolean;
  /** Bytes a millisecond, in the best of the last two periods that were not idle. */
  #rate = 0;
  #rateBefore = 0;
  /** The best of this while and of the one before. */
  #bestRate = 0;
  #bestRateBefore = 0;
  #bytes = 0;
  #countedSince: number;
  /** Least milliseconds from sending to acknowledgement, of this while and of the one before. */
  #leastMs = Number.POSITIVE_INFINITY;
  #leastMsBefore = Number.POSITIVE_INFINITY;
  #keptSince: number;
  #most = LEAST;
  /** Grows by doubling, until that makes it faster no more. */
  #isStarting = true;
  /** Only so much is sent, that no queue stands, until something is acknowledged that was: else a queue that always stands would be taken for the way. */
  #isProbing = false;

  /** `mayDouble`: whether nobody else is waiting for what the doubling of a new line takes. */
  constructor(clock: Clock, slackMs: number, mayDouble: () => boolean = () => true) {
    this.#clock = clock;
    this.#slackMs = slackMs;
    this.#mayDouble = mayDouble;
    this.#countedSince = clock.monotonic();
    this.#keptSince = this.#countedSince;
  }

  /** Something is sent after nothing was on its way: the time before says nothing of the line. */
  restart(): void {
    this.#countedSince = this.#clock.monotonic();
    this.#bytes = 0;
  }

  /** Bytes that were acknowledged so long after they were sent. */
  acknowledged(bytes: number, tookMs: number): void {
    const now = this.#clock.monotonic();
    if (now - this.#keptSince > KEEP_MS) {
      this.#leastMsBefore = this.#leastMs;
      this.#leastMs = Number.POSITIVE_INFINITY;
      this.#bestRateBefore = this.#bestRate;
      this.#bestRate = 0;
      this.#keptSince = now;
      this.#isProbing = true;
    }
    if (now - tookMs >= this.#keptSince) this.#isProbing = false;
    if (!this.#isProbing) this.#leastMs = Math.min(this.#leastMs, tookMs);
    this.#bytes += bytes;
    const passed = now - this.#countedSince;
    if (this.#isStarting && !this.#mayDouble()) this.#isStarting = false;
    if (this.#isStarting && this.#bytes >= this.most && passed > 0) return this.#start(this.#bytes / passed);
    // On a long line the first period is mostly the way there and back.
    if (passed < PERIOD_MS + (this.#isStarting ? this.leastMs : 0)) return;
    this.#isStarting = false;
    this.#rateBefore = this.#rate;
    this.#rate = this.#bytes / passed;
    this.#bestRate = Math.max(this.#bestRate, this.#rate);
    this.#most = Math.max(LEAST, Math.max(this.#rate, this.#rateBefore) * (this.leastMs + this.#slackMs));
    this.restart();
  }

  #start(rate: number): void {
    const most = this.most;
    this.#isStarting = rate > FASTER * this.#rate && most < MOST_START;
    this.#rate = Math.max(rate, this.#rate);
    this.#bestRate = Math.max(this.#bestRate, this.#rate);
    if (this.#isStarting) this.#most = 2 * most;
    else this.#most = Math.max(LEAST, this.#rate * (this.leastMs + this.#slackMs));
    this.restart();
  }

  /** Bytes a second that were acknowledged while anything was on its way. */
  get rate(): number {
    return this.#rate * 1000;
  }

  /** Bytes a second, the most of the last ten seconds or more. */
  get bestRate(): number {
    return Math.max(this.#bestRate, this.#bestRateBefore) * 1000;
  }

  /** Milliseconds; 0 while nothing was acknowledged. */
  get leastMs(): number {
    const least = Math.min(this.#leastMs, this.#leastMsBefore);
    return Number.isFinite(least) ? least : 0;
  }

  /** Most bytes to have on their way. */
  get most(): number {
    if (this.#isProbing) return Math.max(LEAST, PROBING * this.#rate * this.leastMs);
    return this.#isStarting && this.#mayDouble() ? Math.max(START, this.#most) : this.#most;
  }
}

import type { Clock } from '../core/clock.ts';
import { LEAF_BYTES } from '../core/leaf-layout.ts';

const LEAST = 2;
const START = 8;
/** 16 MiB. */
const MOST = 64;
/** What is asked ahead lasts at least so long at the rate at hand. */
const AHEAD_MS = 200;
/** And on a long line so much longer than an answer takes at best, but never longer than MOST_AHEAD_MS. */
const SLACK_MS = 100;
const MOST_AHEAD_MS = 1000;
/** The least time of an answer is kept for so long at least. */
const KEEP_MS = 60_000;
/** While it is looked for again, this part of what comes in it is asked ahead: the line falls only a little idle. */
const PROBING = 0.75;

/**
 * How many leaves to have asked for over one link at a time: what comes in the time that an answer takes at best, and some more, so
 * that a long line is full and no long queue stands where the link is slow.
 */
export class RequestWindow {
  readonly #clock: Clock;
  #leaves = START;
  #since: number;
  /** Bytes that came since then. */
  #arrived = 0;
  /** Milliseconds from asking to the last byte, the least of this while and of the one before. */
  #leastMs = Number.POSITIVE_INFINITY;
  #leastMsBefore = Number.POSITIVE_INFINITY;
  #keptSince: number;
  /** One request whose time is taken: when it was made, and what was owed then, with it. */
  #timed: { readonly at: number; owed: number } | undefined;
  /** Less is asked for until something has come that was asked for since: else a queue that always stands would be taken for the way. */
  #isProbing = false;
  /** Leaves a millisecond. */
  #rate = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = clock.monotonic();
    this.#keptSince = this.#since;
  }

  get leaves(): number {
    if (!this.#isProbing) return this.#leaves;
    return Math.max(LEAST, Math.min(this.#leaves, Math.ceil(PROBING * this.#rate * this.#knownLeastMs)));
  }

  /** Bytes were asked for; `owed` are all that are owed now. */
  asked(owed: number): void {
    this.#timed ??= { at: this.#clock.monotonic(), owed };
  }

  /** Nothing was asked for, so the time that passes says nothing of the source. */
  restart(): void {
    this.#since = this.#clock.monotonic();
    this.#arrived = 0;
    this.#timed = undefined;
  }

  /** Something that was asked for will not come: it is not known any more what comes when. */
  released(): void {
    this.#timed = undefined;
  }

  /** A leaf of so many bytes has come. */
  arrived(bytes: number): void {
    this.#timeOne(bytes);
    this.#arrived += bytes;
    if (this.#isProbing || this.#arrived < this.#leaves * LEAF_BYTES) return;
    const ms = Math.max(1, this.#clock.monotonic() - this.#since);
    this.#rate = this.#arrived / LEAF_BYTES / ms;
    const worth = Math.ceil(this.#rate * this.#aheadMs) + LEAST;
    this.#leaves = Math.max(LEAST, Math.min(MOST, worth, this.#leaves * 2));
    this.#since = this.#clock.monotonic();
    this.#arrived = 0;
  }

  get #aheadMs(): number {
    return Math.max(AHEAD_MS, Math.min(MOST_AHEAD_MS, this.#knownLeastMs + SLACK_MS));
  }

  /** 0 while nothing has come. */
  get #knownLeastMs(): number {
    const least = Math.min(this.#leastMs, this.#leastMsBefore);
    return Number.isFinite(least) ? least : 0;
  }

  #timeOne(bytes: number): void {
    const timed = this.#timed;
    if (!timed) return;
    timed.owed -= bytes;
    if (timed.owed > 0) return;
    this.#timed = undefined;
    const now = this.#clock.monotonic();
    if (now - this.#keptSince > KEEP_MS) {
      this.#leastMsBefore = this.#leastMs;
      this.#leastMs = Number.POSITIVE_INFINITY;
      this.#keptSince = now;
      this.#isProbing = true;
    }
    if (timed.at < this.#keptSince && this.#isProbing) return;
    this.#leastMs = Math.min(this.#leastMs, now - timed.at);
    if (!this.#isProbing) return;
    this.#isProbing = false;
    this.restart();
  }
}

export const MOST_BYTES_AHEAD = MOST * LEAF_BYTES;

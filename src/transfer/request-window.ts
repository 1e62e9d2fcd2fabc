import type { Clock } from '../core/clock.ts';
import { LEAF_BYTES } from '../core/leaf-layout.ts';

const LEAST = 2;
const START = 8;
/** 16 MiB. */
const MOST = 64;
/** What is asked ahead lasts so long at the rate at hand. */
const AHEAD_SECONDS = 0.2;

/** How many leaves to have asked for over one link at a time: follows its rate, so that no long queue stands where the link is slow. */
export class RequestWindow {
  readonly #clock: Clock;
  #leaves = START;
  #since: number;
  /** In leaves. */
  #arrived = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = clock.monotonic();
  }

  get leaves(): number {
    return this.#leaves;
  }

  /** Nothing was asked for, so the time that passes says nothing of the source. */
  restart(): void {
    this.#since = this.#clock.monotonic();
    this.#arrived = 0;
  }

  /** A leaf of so many bytes has come. */
  arrived(bytes: number): void {
    this.#arrived += bytes / LEAF_BYTES;
    if (this.#arrived < this.#leaves) return;
    const seconds = Math.max(0.001, (this.#clock.monotonic() - this.#since) / 1000);
    const worth = Math.ceil((this.#arrived / seconds) * AHEAD_SECONDS) + LEAST;
    this.#leaves = Math.max(LEAST, Math.min(MOST, worth, this.#leaves * 2));
    this.restart();
  }
}

export const MOST_BYTES_AHEAD = MOST * LEAF_BYTES;

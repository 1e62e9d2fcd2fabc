import type { Clock } from './clock.ts';
import { Wakeup } from './wakeup.ts';

/** How much of a second's bytes may go at once after a pause. */
const BURST_SECONDS = 0.05;

/** A token bucket that may go into debt: a taker pays after the fact, so takers of any size get through, in order. */
export class RateLimiter {
  readonly #clock: Clock;
  /** Bytes a second; undefined: no limit. */
  #rate: number | undefined;
  /** Monotonic time at which the bucket is level. */
  #levelAt = Number.NEGATIVE_INFINITY;
  readonly #changed = new Wakeup();

  constructor(clock: Clock, rate?: number) {
    this.#clock = clock;
    this.#rate = rate;
  }

  get rate(): number | undefined {
    return this.#rate;
  }

  set rate(rate: number | undefined) {
    this.#rate = rate;
    this.#levelAt = Number.NEGATIVE_INFINITY;
    this.#changed.wake();
  }

  /** Milliseconds until the next bytes may go; 0: now. */
  delay(): number {
    if (this.#rate === undefined) return 0;
    return Math.max(0, this.#levelAt - this.#clock.monotonic());
  }

  /** Notes that these bytes go now. */
  spend(bytes: number): void {
    if (this.#rate === undefined) return;
    const earliest = this.#clock.monotonic() - BURST_SECONDS * 1000;
    this.#levelAt = Math.max(this.#levelAt, earliest) + (bytes / this.#rate) * 1000;
  }

  /** Waits for its turn and spends. A change of the rate ends the wait of the old one. */
  async take(bytes: number, signal: AbortSignal): Promise<void> {
    for (let wait = this.delay(); wait > 0; wait = this.delay()) {
      await this.#changed.wait(this.#clock, wait, signal);
    }
    signal.throwIfAborted();
    this.spend(bytes);
  }
}

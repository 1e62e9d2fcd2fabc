import type { Clock } from './clock.ts';

export interface RateWaiter {
  /** Milliseconds until it may go; 0: now. */
  readonly delay: () => number;
  /** Takes its turn, and spends. May add others, which come after those that wait already. */
  readonly go: () => void;
}

/** Who waits for a rate or for a part of it: the first whose delay is over goes first, so that nobody is passed over. */
export class RateQueue {
  readonly #clock: Clock;
  readonly #waiting = new Set<RateWaiter>();
  #isLooking = false;
  #cancelTimer: () => void = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Undefined: it went at once. Else a function that takes it back. */
  add(waiter: RateWaiter): (() => void) | undefined {
    this.#waiting.add(waiter);
    this.look();
    return this.#waiting.has(waiter) ? () => void this.#waiting.delete(waiter) : undefined;
  }

  /** Lets go who may, now that time has passed or a rate has changed. */
  look(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      for (let next = this.#next(); next; next = this.#next()) {
        this.#waiting.delete(next);
        next.go();
      }
    } finally {
      this.#isLooking = false;
      this.#sleep();
    }
  }

  #next(): RateWaiter | undefined {
    for (const waiter of this.#waiting) if (waiter.delay() === 0) return waiter;
    return undefined;
  }

  #sleep(): void {
    this.#cancelTimer();
    if (this.#waiting.size === 0) return;
    let soonest = Number.POSITIVE_INFINITY;
    for (const waiter of this.#waiting) soonest = Math.min(soonest, waiter.delay());
    this.#cancelTimer = this.#clock.after(soonest, () => this.look());
  }
}

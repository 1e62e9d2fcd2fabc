import type { Clock } from '../core/clock.ts';
import type { PeerId } from '../core/ids.ts';

/** A difference of the two clocks by more than this is a step, or the sleep of the machine. */
const STEP_MS = 5000;
const CLEANING_MS = 3600 * 1000;

/**
 * The running leases on the monotonic clock, the one that ends first in front. Nobody lapses because of us: after a start, a clock
 * step, or when this process stood still so long that it may have missed renewals, every lease starts anew.
 */
export class ActiveLeases {
  readonly #clock: Clock;
  readonly #leaseMs: number;
  /** Ends in milliseconds, monotonic; in rising order, because all leases are equally long. */
  readonly #ends = new Map<PeerId, number>();
  #sweptAt: number;
  #sweptWall: number;
  #cleanedAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, leaseMs: number) {
    this.#clock = clock;
    this.#leaseMs = leaseMs;
    this.#sweptAt = clock.monotonic();
    this.#sweptWall = clock.now();
  }

  /** Starts the lease, or starts it anew. */
  extend(id: PeerId): void {
    this.#ends.delete(id);
    this.#ends.set(id, this.#clock.monotonic() + this.#leaseMs);
  }

  delete(id: PeerId): void {
    this.#ends.delete(id);
  }

  /** Takes out the leases that are over; `grace` when instead all started anew. */
  sweep(): { readonly ended: readonly PeerId[]; readonly grace: boolean } {
    const now = this.#clock.monotonic();
    const wall = this.#clock.now();
    const pause = now - this.#sweptAt;
    const step = Math.abs(wall - this.#sweptWall - pause);
    this.#sweptAt = now;
    this.#sweptWall = wall;
    if (step > STEP_MS || pause > this.#leaseMs / 2) {
      for (const id of this.#ends.keys()) this.#ends.set(id, now + this.#leaseMs);
      return { ended: [], grace: true };
    }
    const ended: PeerId[] = [];
    for (const [id, end] of this.#ends) {
      if (end > now) break;
      ended.push(id);
      this.#ends.delete(id);
    }
    return { ended, grace: false };
  }

  /** True once an hour. */
  dueForCleaning(): boolean {
    const now = this.#clock.monotonic();
    if (now - this.#cleanedAt < CLEANING_MS) return false;
    this.#cleanedAt = now;
    return true;
  }
}

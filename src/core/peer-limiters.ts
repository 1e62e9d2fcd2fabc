import type { Clock } from './clock.ts';
import type { PeerId } from './ids.ts';
import { RateLimiter } from './rate-limiter.ts';

/** Peers that a limiter is kept for; of the one that came longest ago only its debt is forgotten. */
const MOST_KEPT = 4096;

/** A peer that had to wait for its own rate within so many milliseconds is held back by it. */
const HELD_MS = 1000;

/** What each peer may have of a rate that is for all of them. */
export class PeerLimiters {
  readonly #all: RateLimiter;
  readonly #each: number | undefined;
  readonly #clock: Clock;
  readonly #limiters = new Map<PeerId, RateLimiter>();

  /** `each`: bytes a second for one peer; undefined: as much as there is for all. */
  constructor(clock: Clock, all: RateLimiter, each: number | undefined) {
    this.#clock = clock;
    this.#all = all;
    this.#each = each;
  }

  /** Whether it is this peer's own rate that it waits for now. */
  holdsBack(peer: PeerId): boolean {
    return (this.#limiters.get(peer)?.ownIdleMs ?? Number.POSITIVE_INFINITY) < HELD_MS;
  }

  of(peer: PeerId): RateLimiter {
    if (this.#each === undefined) return this.#all;
    const known = this.#limiters.get(peer);
    if (known) return known;
    if (this.#limiters.size >= MOST_KEPT) this.#limiters.delete(this.#limiters.keys().next().value!);
    const limiter = new RateLimiter(this.#clock, this.#each, this.#all);
    this.#limiters.set(peer, limiter);
    return limiter;
  }
}

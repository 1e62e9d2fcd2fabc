import type { PeerdexError } from '../../core/errors.ts';
import { jitter, type Random } from '../../core/random.ts';

const FIRST_MS = 250;
const LONGEST_MS = 4000;

/** Pauses between tries: they double up to 4 s, ± 25 %, so that a registry that comes back is found within 5 s and not by all at once. */
export class Backoff {
  readonly #random: Random;
  #failures = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /**
   * Milliseconds until the next try. A server that named a time is not asked before it, and within half of it again by all that it
   * sent away.
   */
  next({ retryAfterMs = 0 }: Pick<PeerdexError, 'retryAfterMs'>): number {
    const pause = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(this.#failures, 10));
    this.#failures += 1;
    return Math.max(jitter(this.#random, pause, 0.25), jitter(this.#random, retryAfterMs * 1.25, 0.2));
  }

  reset(): void {
    this.#failures = 0;
  }
}

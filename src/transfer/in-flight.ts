import type { Clock } from '../core/clock.ts';
import type { PeerId } from '../core/ids.ts';
import type { RateLimiter } from '../core/rate-limiter.ts';

/** What is on the way under a limit lasts so long at its rate, and one leaf: what is behind it comes so late. */
const AHEAD_SECONDS = 0.2;
/**
 * Where nothing has waited for a limit in so many milliseconds since a leaf was last asked for, it is not the limit that holds the
 * downloads up: some source does, and others may be asked besides.
 */
const IDLE_MS = 100;

/** Who waits to ask. */
export interface InFlightAsker {
  mayAsk(): void;
}

/**
 * What all downloads together have asked for and not got. Where a limit holds them up it is little, whatever the links could bring:
 * the rest would stand in the system's buffers, and before what the others have to say.
 */
export class InFlight {
  readonly #clock: Clock;
  readonly #limiter: RateLimiter;
  readonly #limiterOf: (peer: PeerId) => RateLimiter;
  #bytes = 0;
  /** Monotonic. */
  #askedAt = 0;
  /** In their order. */
  readonly #waiting = new Map<InFlightAsker, LinkFlight>();
  #cancelTimer: (() => void) | undefined;

  /** `limiterOf`: the part of `limiter` that one peer's bytes are drawn from. */
  constructor(clock: Clock, limiter: RateLimiter, limiterOf: (peer: PeerId) => RateLimiter = () => limiter) {
    this.#clock = clock;
    this.#limiter = limiter;
    this.#limiterOf = limiterOf;
    limiter.onChange(() => this.#look());
  }

  of(peer: PeerId): LinkFlight {
    const limiter = this.#limiterOf(peer);
    let bytes = 0;
    const flight: LinkFlight = {
      get isLimited() {
        return limiter.isLimited;
      },
      hasRoom: () => this.#hasRoom(this.#limiter, this.#bytes) && this.#hasRoom(limiter, bytes),
      add: (more) => {
        bytes += more;
        this.#bytes += more;
        if (more > 0) this.#askedAt = this.#clock.monotonic();
        if (more < 0 && this.#waiting.size > 0) this.#look();
      },
      wait: (asker) => {
        this.#waiting.set(asker, flight);
        this.#lookLater();
      },
      leave: (asker) => void this.#waiting.delete(asker),
    };
    return flight;
  }

  #hasRoom({ rate, idleMs }: RateLimiter, bytes: number): boolean {
    if (rate === undefined || bytes < rate * AHEAD_SECONDS) return true;
    return Math.min(idleMs, this.#clock.monotonic() - this.#askedAt) > IDLE_MS;
  }

  #look(): void {
    for (const [asker, flight] of [...this.#waiting]) {
      if (!flight.hasRoom() || !this.#waiting.delete(asker)) continue;
      asker.mayAsk();
    }
  }

  #lookLater(): void {
    this.#cancelTimer ??= this.#clock.after(IDLE_MS, () => {
      this.#cancelTimer = undefined;
      this.#look();
      if (this.#waiting.size > 0) this.#lookLater();
    });
  }
}

/** One link's part of it. */
export interface LinkFlight {
  readonly isLimited: boolean;
  /** Whether a leaf may be asked for now. */
  hasRoom(): boolean;
  /** So many bytes more are on the way; negative: they have come, or come no more. */
  add(bytes: number): void;
  /** Calls `mayAsk` when there is room again. */
  wait(asker: InFlightAsker): void;
  /** It waits no longer. */
  leave(asker: InFlightAsker): void;
}

import type { Address } from '../core/address.ts';
import type { Clock } from '../core/clock.ts';
import type { PeerId } from '../core/ids.ts';

interface Displaced {
  readonly nonce: string;
  readonly addresses: readonly Address[];
  /** Monotonic milliseconds when it was last heard of after it had lost its lease; undefined: never, as after a restart. */
  heard: number | undefined;
}

/**
 * Starts of peers that lost their lease to another start with the same key. One that goes on asking runs beside the other: a data
 * folder was copied, and both are to be told where the other one is.
 */
export class Rivals {
  readonly #clock: Clock;
  readonly #forMs: number;
  readonly #displaced = new Map<PeerId, Displaced>();

  /** `forMs`: how long one counts after it was heard of. */
  constructor(clock: Clock, forMs: number) {
    this.#clock = clock;
    this.#forMs = forMs;
  }

  /** Another start registered while this one held the lease. */
  displaced(id: PeerId, { nonce, addresses }: Pick<Displaced, 'nonce' | 'addresses'>): void {
    this.#displaced.set(id, { nonce, addresses, heard: undefined });
  }

  /** A start that does not hold the lease has asked. */
  heard(id: PeerId, nonce: string): void {
    const one = this.#displaced.get(id);
    if (one?.nonce === nonce) one.heard = this.#clock.monotonic();
  }

  /** Where the other one runs, or undefined. */
  of(id: PeerId): readonly Address[] | undefined {
    const one = this.#displaced.get(id);
    if (one?.heard === undefined) return undefined;
    return this.#clock.monotonic() - one.heard <= this.#forMs ? one.addresses : undefined;
  }

  forget(id: PeerId): void {
    this.#displaced.delete(id);
  }
}

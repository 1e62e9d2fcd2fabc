import type { PeerId } from '../core/ids.ts';
import type { RateMeter } from '../core/rate-meter.ts';

/** Verified bytes that a source gave to a download, and what it gives now. */
export interface SourceShare {
  readonly peer: PeerId;
  readonly bytes: number;
  /** Bytes a second. */
  readonly rate: number;
}

/** What each source gave to one download. */
export class SourceShares {
  readonly #given = new Map<PeerId, number>();

  gave(peer: PeerId, bytes: number): void {
    this.#given.set(peer, (this.#given.get(peer) ?? 0) + bytes);
  }

  /** Every source that ever gave something, and those that are connected. */
  with(connected: ReadonlyMap<PeerId, { readonly meter: RateMeter }>): readonly SourceShare[] {
    const peers = new Set([...this.#given.keys(), ...connected.keys()]);
    return [...peers].map((peer) => ({
      peer,
      bytes: this.#given.get(peer) ?? 0,
      rate: connected.get(peer)?.meter.rate ?? 0,
    }));
  }
}

import type { PeerId } from '../core/ids.ts';
import { LEAF_BYTES } from '../core/leaf-layout.ts';
import type { RateMeter } from '../core/rate-meter.ts';

/** Verified bytes that a source gave to a download, and what it gives now. */
export interface SourceShare {
  readonly peer: PeerId;
  readonly bytes: number;
  /** Bytes a second. */
  readonly rate: number;
}

/** What a connected source does for a download at this moment. */
export interface SourceFacts extends SourceShare {
  /** Bytes that it was asked for and that have not come; bytes that came and are not on disk yet. */
  readonly asked: number;
  readonly writing: number;
  /** Milliseconds since it gave anything, while it owes something; else 0. */
  readonly silentMs: number;
}

interface Connected {
  readonly peer: PeerId;
  readonly meter: RateMeter;
  readonly owing: number;
  readonly writing: number;
  silentMs(): number;
}

/** What each source gave to one download. */
export class SourceShares {
  readonly #given = new Map<PeerId, number>();

  gave(peer: PeerId, bytes: number): void {
    this.#given.set(peer, (this.#given.get(peer) ?? 0) + bytes);
  }

  /** Leaves are taken for whole ones. */
  factsOf(source: Connected): SourceFacts {
    const { peer, meter, owing, writing } = source;
    return {
      peer,
      bytes: this.#given.get(peer) ?? 0,
      rate: Math.round(meter.rate),
      asked: owing * LEAF_BYTES,
      writing: writing * LEAF_BYTES,
      silentMs: owing > 0 ? Math.round(source.silentMs()) : 0,
    };
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

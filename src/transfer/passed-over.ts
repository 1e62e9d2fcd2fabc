import type { PeerdexError } from '../core/errors.ts';
import type { PeerId } from '../core/ids.ts';

/** A peer that was passed over, and why. */
export interface PassedOver {
  readonly peer: PeerId;
  readonly error: PeerdexError;
  /** Trying it again later may help. */
  readonly retry: boolean;
}

/** Peers that were passed over and are remembered. */
const MOST_REMEMBERED = 512;
/** Reasons of one peer that are told: who makes them up anew fills no log by it. */
const MOST_TOLD = 4;

interface Noted {
  readonly passed: PassedOver;
  /** How many reasons were told already. */
  readonly told: number;
}

/** Whom one download passed over, and why: the last reason of each. */
export class PassedOverPeers {
  readonly #noted = new Map<PeerId, Noted>();

  /** `isTold`: people should hear of it; `isNews`: it is another reason than before. */
  note(passed: PassedOver, mattersToPeople: boolean): { readonly isNews: boolean; readonly isTold: boolean } {
    const { peer, error } = passed;
    const before = this.#noted.get(peer);
    const told = before?.told ?? 0;
    const isNews = told < MOST_TOLD && before?.passed.error.message !== error.message;
    const isTold = isNews && mattersToPeople;
    this.#noted.delete(peer);
    this.#noted.set(peer, { passed, told: isTold ? told + 1 : told });
    if (this.#noted.size > MOST_REMEMBERED) this.#noted.delete(this.#noted.keys().next().value as PeerId);
    return { isNews, isTold };
  }

  /** Trying it again cannot help. */
  isRefused(peer: PeerId): boolean {
    return this.#noted.get(peer)?.passed.retry === false;
  }

  get peers(): readonly PeerId[] {
    return [...this.#noted.keys()];
  }

  get errors(): readonly PeerdexError[] {
    return [...this.#noted.values()].map(({ passed }) => passed.error);
  }

  /** The first few, in words for people; undefined where nobody was passed over. */
  explain(nameOf: (peer: PeerId) => string): string | undefined {
    if (this.#noted.size === 0) return undefined;
    const some = [...this.#noted.values()].slice(0, 5);
    return some.map(({ passed: { peer, error } }) => `${nameOf(peer)}: ${error.message}`).join('; ');
  }
}

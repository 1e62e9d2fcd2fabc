import type { Clock } from '../core/clock.ts';
import { PeerdexError } from '../core/errors.ts';
import type { PeerId } from '../core/ids.ts';
import type { AdmissionWrite } from '../core/ports/admission-store.ts';
import type { Signer, Verifier } from '../core/ports/signing.ts';
import type { Revocation } from '../core/trust/invite.ts';
import { MAX_REVOKED, readRevocations, signRevocations } from '../core/trust/revocations.ts';
import { TICKET_GRACE_MS, TICKET_LIFE_MS } from '../core/trust/ticket.ts';
import type { AdmissionBook } from './admission-book.ts';

/** So long after the last moment in which somebody might take its last ticket a peer leaves the list. */
const SPARE_MS = 24 * 3600 * 1000;

export interface RevocationListOptions {
  readonly clock: Clock;
  readonly network: Signer;
  readonly verifier: Verifier;
}

/** What a list that somebody brought says beyond what is known here. */
export interface ListNews {
  readonly peers: readonly PeerId[];
  /** Of the list that holds when both are joined. */
  readonly number: number;
}

/** The signed, numbered list of those who are no members any more. */
export class RevocationList {
  readonly #book: AdmissionBook;
  readonly #options: RevocationListOptions;
  #signed: { readonly number: number; readonly text: string } | undefined;

  constructor(book: AdmissionBook, options: RevocationListOptions) {
    this.#book = book;
    this.#options = options;
  }

  /** The list as it stands, signed. */
  text(): string {
    const { number } = this.#book;
    if (this.#signed?.number !== number) {
      const { network } = this.#options;
      const peers = [...this.#book.revocations.keys()].sort();
      this.#signed = { number, text: signRevocations(network, { network: network.id, number, peers }) };
    }
    return this.#signed.text;
  }

  /** The change that puts peers on the list. Throws `limit` when it is full. */
  adding(peers: readonly PeerId[], number = this.#book.number + 1): AdmissionWrite {
    if (this.#book.revocations.size + peers.length > MAX_REVOKED) {
      throw new PeerdexError('limit', `${MAX_REVOKED} peers are on the list of revocations, which is full`, {
        hint: 'a peer leaves it 15 days after it was revoked',
      });
    }
    const revoked = this.#options.clock.now();
    const revocations = peers.map((peer): Revocation => {
      const ticketEnds = Math.max(
        this.#book.members.get(peer)?.ticketEnds ?? 0,
        // Also one that another life of this registry has issued.
        revoked + TICKET_LIFE_MS,
      );
      return { peer, revoked, number, ticketEnds };
    });
    return { revocations, removedMembers: peers, number };
  }

  /**
   * What is new in a list that somebody brought, or undefined. Lists of two lives of one registry (it was restored from a backup, or
   * lost its last writes) are joined: nobody gets off the list by it. Throws `verification` for a list of another network.
   */
  newsIn(text: string): ListNews | undefined {
    const { network, verifier } = this.#options;
    const list = readRevocations(text, network.publicKey, verifier);
    if (list.network !== network.id)
      throw new PeerdexError('verification', 'this list of revocations is of another network');
    const { number, revocations } = this.#book;
    const named = new Set(list.peers);
    const peers = [...named].filter((peer) => !revocations.has(peer));
    if (list.number < number || (list.number === number && peers.length === 0)) return undefined;
    const isWhole = [...revocations.keys()].every((peer) => named.has(peer));
    return { peers, number: isWhole && list.number > number ? list.number : list.number + 1 };
  }

  /** Takes off the list whose tickets nobody takes any more in any case. */
  prune(): void {
    const now = this.#options.clock.now();
    const removedRevocations = [...this.#book.revocations.values()]
      .filter(({ ticketEnds }) => now > ticketEnds + TICKET_GRACE_MS + SPARE_MS)
      .map(({ peer }) => peer);
    if (removedRevocations.length > 0)
      this.#book.commit({ removedRevocations, number: this.#book.number + 1 });
  }
}

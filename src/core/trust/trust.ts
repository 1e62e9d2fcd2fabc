import type { Clock } from '../clock.ts';
import { PeerdexError } from '../errors.ts';
import { fromHex, idOfPublicKey, type NetworkId, type PeerId, toHex } from '../ids.ts';
import type { NetworkMode } from '../join-link.ts';
import type { Log } from '../ports/log.ts';
import type { Signer, Verifier } from '../ports/signing.ts';
import { LateTickets } from './late-tickets.ts';
import { type ProofOf, proofMessage } from './proof.ts';
import { type Revocations, readRevocations } from './revocations.ts';
import { readTicket, standingOf, type Ticket } from './ticket.ts';
import { iso, notRegistered, refused } from './trust-errors.ts';

/** What a network gave to a peer; the strings are as they came. */
export interface Credentials {
  readonly network: NetworkId;
  /** SPKI, DER, in hex. */
  readonly networkKey: string;
  /** Null before the first registration. */
  readonly ticket: string | null;
  readonly revocations: string | null;
}

/** What a member shows of himself. */
export interface Proof {
  /** SPKI, DER. */
  readonly key: Uint8Array;
  readonly ticket: string;
  readonly signature: Uint8Array;
}

export interface TrustOptions {
  readonly self: Signer;
  readonly verifier: Verifier;
  readonly clock: Clock;
  readonly log: Log;
  /** In which this peer runs: tickets of networks of the other one are none. */
  readonly mode: NetworkMode;
  /** Whether the registry answered when it was asked last; it did not unless told. */
  readonly registryAnswers?: () => boolean;
  readonly credentials: Credentials | undefined;
  /** Keeps what changed. */
  readonly save: (credentials: Credentials) => void;
}

/** Whom this peer takes for a member, and how it shows that it is one itself. Works without the registry. */
export class Trust {
  readonly #options: TrustOptions;
  readonly #listeners = new Set<(revoked: ReadonlySet<PeerId>) => void>();
  #credentials: Credentials | undefined;
  #networkKey: Uint8Array = NO_KEY;
  #ticket: Ticket | undefined;
  #revocations: Revocations | undefined;
  #revoked: ReadonlySet<PeerId> = new Set();
  readonly #late: LateTickets;

  constructor(options: TrustOptions) {
    this.#options = options;
    const { credentials, log } = options;
    this.#late = new LateTickets(log, options.registryAnswers);
    try {
      if (credentials) this.#take(credentials);
    } catch (error) {
      log.warn('what is remembered of the network cannot be used; the registry gives it again', {
        event: 'membership-unreadable',
        error,
      });
      if (credentials) this.#takeWithoutTicket(credentials);
    }
  }

  /** This peer's own ticket, as it is now. */
  get ticket(): Ticket | undefined {
    return this.#ticket;
  }

  /** The same as the network signed it. */
  get ticketText(): string | undefined {
    return this.#credentials?.ticket ?? undefined;
  }

  /** Number of the newest list of revocations; 0 without one. */
  get revocations(): number {
    return this.#revocations?.number ?? 0;
  }

  /** The newest list as the network signed it. */
  get revocationsText(): string | undefined {
    return this.#credentials?.revocations ?? undefined;
  }

  /** The registry has shown its key; what another network gave is dropped. Throws `verification` for a key that is not the network's. */
  takeNetwork(network: NetworkId, key: Uint8Array): void {
    if (idOfPublicKey(key) !== network) {
      throw new PeerdexError('verification', `this is not the key of network ${network}`);
    }
    if (this.#credentials?.network === network) return;
    this.#keep({ network, networkKey: toHex(key), ticket: null, revocations: null });
  }

  /** Throws `verification` for one that is not this peer's or not of this network. */
  takeTicket(text: string): void {
    const credentials = this.#known();
    const ticket = readTicket(text, this.#networkKey, this.#options.verifier);
    if (ticket.peer !== this.#options.self.id) {
      throw new PeerdexError('verification', 'the registry gave a ticket of another peer');
    }
    if (ticket.mode !== this.#options.mode) {
      throw new PeerdexError('verification', `the registry gave a ticket of a ${ticket.mode} network`);
    }
    this.#keep({ ...credentials, ticket: text });
  }

  /** Takes a list with a higher number over; true when it did. Throws `verification` for one that the network did not sign. */
  takeRevocations(text: string): boolean {
    const credentials = this.#known();
    const list = readRevocations(text, this.#networkKey, this.#options.verifier);
    if (list.number <= this.revocations) return false;
    this.#keep({ ...credentials, revocations: text });
    this.#options.log.info(`list of revocations ${list.number} names ${list.peers.length} peers`, {
      event: 'revocations-taken',
      number: list.number,
    });
    for (const listener of this.#listeners) listener(this.#revoked);
    return true;
  }

  isRevoked(peer: PeerId): boolean {
    return this.#revoked.has(peer);
  }

  /** Throws `forbidden` for a member that was put out since it was checked. */
  recheck(peer: PeerId): void {
    if (this.isRevoked(peer)) throw refused(peer, 'its membership was revoked');
  }

  /** Calls back with everybody revoked when that has changed. Returns what ends it. */
  onRevoked(listener: (revoked: ReadonlySet<PeerId>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Shows on one connection that this peer is a member. Throws `unavailable` without a ticket. */
  prove(of: Omit<ProofOf, 'self' | 'network'>): Proof {
    const { network, ticket } = this.#known();
    if (!ticket) throw notRegistered();
    const { id, publicKey, sign } = this.#options.self;
    return { key: publicKey, ticket, signature: sign(proofMessage({ ...of, network, self: id })) };
  }

  /**
   * Throws `forbidden`, with the reason, unless the proof shows that `of.self` is a member and is at the other end of the connection that
   * `of.binding` stands for.
   */
  check(of: Omit<ProofOf, 'other' | 'network'>, proof: Proof): Ticket {
    if (proof.ticket === '') throw refused(of.self, 'it shows no ticket');
    this.checkIdentity(of, proof);
    return this.checkTicket(of.self, proof.ticket);
  }

  /**
   * The first half of `check`: that `of.self` is at the other end, and was not revoked. Whether it is a member is not known by that.
   * Throws `forbidden`.
   */
  checkIdentity(
    of: Omit<ProofOf, 'other' | 'network'>,
    { key, signature }: Pick<Proof, 'key' | 'signature'>,
  ): void {
    const { network } = this.#known();
    const { self, verifier } = this.#options;
    const peer = of.self;
    if (key.byteLength === 0) throw refused(peer, 'it shows no key');
    if (idOfPublicKey(key) !== peer) throw refused(peer, 'its key is another one');
    const message = proofMessage({ ...of, network, other: self.id });
    if (!verifier.verify(key, message, signature)) throw refused(peer, 'its signature is wrong');
    this.recheck(peer);
  }

  /** The second half of `check`. Throws `forbidden` for a ticket that makes `peer` no member. */
  checkTicket(peer: PeerId, text: string): Ticket {
    const { verifier, clock, mode } = this.#options;
    this.#known();
    if (text === '') throw refused(peer, 'it shows no ticket');
    let ticket: Ticket;
    try {
      ticket = readTicket(text, this.#networkKey, verifier);
    } catch (cause) {
      throw refused(peer, 'this network did not give it its ticket', cause);
    }
    if (ticket.peer !== peer) throw refused(peer, 'its ticket is of another peer');
    if (ticket.mode !== mode) throw refused(peer, `its ticket is of a ${ticket.mode} network`);
    this.recheck(peer);
    const standing = standingOf(ticket, clock.now());
    if (standing === 'ended') throw refused(peer, `its ticket ended at ${iso(ticket.expires)}`);
    if (standing === 'not-yet') {
      throw refused(peer, `its ticket begins at ${iso(ticket.issued)}: one of the two clocks is wrong`);
    }
    if (standing === 'late') this.#late.take(ticket);
    else this.#late.renewed(peer);
    return ticket;
  }

  #known(): Credentials {
    if (!this.#credentials) throw notRegistered();
    return this.#credentials;
  }

  #keep(credentials: Credentials): void {
    this.#take(credentials);
    this.#options.save(credentials);
  }

  /** The list of revocations must not be lost with a ticket that an earlier version wrote. */
  #takeWithoutTicket(credentials: Credentials): void {
    try {
      this.#take({ ...credentials, ticket: null });
    } catch {
      // It was not the ticket.
    }
  }

  #take(credentials: Credentials): void {
    const { verifier } = this.#options;
    const key = fromHex(credentials.networkKey);
    const ticket = credentials.ticket === null ? undefined : readTicket(credentials.ticket, key, verifier);
    const list =
      credentials.revocations === null ? undefined : readRevocations(credentials.revocations, key, verifier);
    this.#credentials = credentials;
    this.#networkKey = key;
    this.#ticket = ticket;
    this.#revocations = list;
    this.#revoked = new Set(list?.peers);
  }
}

const NO_KEY = new Uint8Array(0);

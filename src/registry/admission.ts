import type { Clock } from '../core/clock.ts';
import { idOfPublicKey, type PeerId } from '../core/ids.ts';
import type { NetworkMode } from '../core/join-link.ts';
import type { AdmissionStore } from '../core/ports/admission-store.ts';
import type { Invite, InviteId, Member } from '../core/trust/invite.ts';
import { CLOCK_SKEW_MS, issueTicket, readTicket, TICKET_LIFE_MS } from '../core/trust/ticket.ts';
import { AdmissionBook } from './admission-book.ts';
import { deadInvite, noInvite, noMember, revokedPeer, tooManyMembers, wrongKey } from './admission-errors.ts';
import { Departed, isPresent } from './departed.ts';
import { Invites, type InvitesOptions, stateOf } from './invites.ts';
import { type JoinRequest, provenInvite } from './join-request.ts';
import { memberByTicket } from './member-by-ticket.ts';
import { cleanName } from './names.ts';
import { RevocationList, type RevocationListOptions } from './revocation-list.ts';

export interface AdmissionOptions extends InvitesOptions, RevocationListOptions {
  readonly store: AdmissionStore;
  /** Of the network; stands in its tickets. */
  readonly mode: NetworkMode;
  readonly maxMembers: number;
  /** Called when memberships have ended, after that was written: leases and connections of these peers have to go. */
  readonly onRevoked?: (peers: readonly PeerId[]) => void;
}

export interface Revoked {
  readonly peer: PeerId;
  /** Nothing changed: it was revoked before. */
  readonly already: boolean;
  /** Of the list of revocations. */
  readonly number: number;
  readonly withdrawn: readonly InviteId[];
  /** The new standing invite, where the one before was among those withdrawn. */
  readonly standing: Invite | undefined;
}

export interface Withdrawn {
  /** Nothing changed: it was withdrawn before. */
  readonly already: boolean;
  /** The new standing invite, where this was the one before. */
  readonly standing: Invite | undefined;
}

const SWEEP_MS = 60_000;

/** Who is a member of a network, who comes in and who is out. All is written before it counts. */
export class Admission {
  readonly invites: Invites;
  /** Who went for good. */
  readonly gone: Departed;
  readonly #options: AdmissionOptions;
  readonly #clock: Clock;
  readonly #book: AdmissionBook;
  readonly #list: RevocationList;
  #sweptAt = Number.NEGATIVE_INFINITY;

  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#book = new AdmissionBook(options.store);
    this.invites = new Invites(this.#book, options);
    this.gone = new Departed(this.#book, options);
    this.#list = new RevocationList(this.#book, options);
  }

  /**
   * Lets a newcomer in. A member that comes by another open invite takes over that invite's role. A use counts when somebody gets
   * something by it: a newcomer, or a member another role. Whoever came in by an invite may show it again, whatever became of it.
   * Throws `unauthorized` for what does not prove the secret, `forbidden` for who or what is out, `limit`.
   */
  admit(request: JoinRequest): { readonly member: Member; readonly isNew: boolean } {
    const { peer, publicKey } = request;
    if (idOfPublicKey(publicKey) !== peer) throw wrongKey();
    if (this.isRevoked(peer)) throw revokedPeer();
    const invite = provenInvite(this.#book.invites, request, this.#options);
    const known = this.member(peer);
    if (known?.role === invite.role && known.invites.includes(invite.id))
      return { member: known, isNew: false };
    const now = this.#clock.now();
    const state = stateOf(invite, now);
    if (state !== 'open') throw deadInvite(state);
    if (!known) this.#mustHaveRoom();
    const before = this.#book.members.get(peer);
    const member: Member = {
      peer,
      publicKey: new Uint8Array(publicKey),
      name: cleanName(request.name ?? before?.name ?? ''),
      role: invite.role,
      invites: [...this.#others(before, invite.id), invite.id],
      admitted: before?.admitted ?? now,
      ticketEnds: before?.role === invite.role ? before.ticketEnds : 0,
    };
    const counts = known?.role !== invite.role;
    const invites = counts ? [{ ...invite, used: invite.used + 1 }] : [];
    this.#book.commit({ members: [member], invites });
    return { member, isNew: !known };
  }

  /**
   * Takes back a member that only its ticket knows of: it came in after the backup from which this registry was restored, or it went
   * for good, as it had seemed. That the peer has the private key is for the caller to see. Throws `verification` for what is no ticket, `forbidden` for who is out, `limit`.
   */
  readmit(peer: PeerId, publicKey: Uint8Array, text: string): Member {
    const { network, verifier } = this.#options;
    if (idOfPublicKey(publicKey) !== peer) throw wrongKey();
    if (this.isRevoked(peer)) throw revokedPeer();
    const now = this.#clock.now();
    const told = memberByTicket(peer, publicKey, readTicket(text, network.publicKey, verifier), now);
    this.#mustHaveRoom();
    const { departed: _, ...before } = this.#book.members.get(peer) ?? told;
    const member: Member = { ...before, ticketEnds: Math.max(before.ticketEnds, told.ticketEnds) };
    this.#book.commit({ members: [member] });
    return member;
  }

  member(peer: PeerId): Member | undefined {
    const known = this.#book.members.get(peer);
    return known && isPresent(known) ? known : undefined;
  }

  members(): readonly Member[] {
    return this.#book.members.values().filter(isPresent).toArray();
  }

  isRevoked(peer: PeerId): boolean {
    return this.#book.revocations.has(peer);
  }

  revoked(): readonly PeerId[] {
    return [...this.#book.revocations.keys()];
  }

  /** A new ticket, for `name` as handed out now. Throws `forbidden` for who was revoked, `unauthorized` for who is no member. */
  ticket(peer: PeerId, name?: string): string {
    const member = this.#mustBeMember(peer);
    const issued = this.#clock.now();
    const expires = issued + TICKET_LIFE_MS;
    const renewed = {
      ...member,
      name: name ?? member.name,
      ticketEnds: Math.max(member.ticketEnds, expires),
    };
    this.#book.commit({ members: [renewed] });
    const { network, mode } = this.#options;
    const { name: given, role } = renewed;
    return issueTicket(network, { network: network.id, mode, peer, name: given, role, issued, expires });
  }

  /** A new ticket where the one that the peer has, if any, is past half of its life, bears another name or ends impossibly late. */
  ticketIfDue(peer: PeerId, expires: number | undefined, name?: string): string | undefined {
    const member = this.#mustBeMember(peer);
    const left = expires === undefined ? 0 : expires - this.#clock.now();
    // One that ends later than any that is known of was issued for another role, or by another life of this registry.
    const isKnown = expires !== undefined && expires <= member.ticketEnds;
    const isGood = isKnown && left > TICKET_LIFE_MS / 2 && left <= TICKET_LIFE_MS + CLOCK_SKEW_MS;
    return isGood && (name ?? member.name) === member.name ? undefined : this.ticket(peer, name);
  }

  /** Ends a membership and the invites that the peer came in by; who else came by them stays. Throws `limit` when the list is full. */
  revoke(peer: PeerId): Revoked {
    if (this.isRevoked(peer))
      return { peer, already: true, number: this.number, withdrawn: [], standing: undefined };
    this.#list.prune();
    const invites = this.#book.members.has(peer) ? this.#invitesOf([peer]) : [];
    this.#book.commit({ ...this.#list.adding([peer]), invites });
    const standing = invites.some((invite) => invite.standing) ? this.invites.standing() : undefined;
    this.#options.onRevoked?.([peer]);
    return { peer, already: false, number: this.number, withdrawn: invites.map(({ id }) => id), standing };
  }

  /** Ends an invite: it admits nobody more, and who came by it stays. Throws `not-found`. */
  withdraw(id: InviteId): Withdrawn {
    const invite = this.#book.invites.get(id);
    if (!invite) throw noInvite(id);
    const invites = this.invites.withdrawn([id]);
    if (invites.length === 0) return { already: true, standing: undefined };
    this.#book.commit({ invites });
    return { already: false, standing: invite.standing ? this.invites.standing() : undefined };
  }

  /** The list of revocations, signed. */
  revocations(): string {
    return this.#list.text();
  }

  /** The list's number. */
  get number(): number {
    return this.#book.number;
  }

  /**
   * Takes over a list that somebody brought, where it says more than this registry knows: that was restored from a backup, or lost
   * its last writes. Who is on it is out, with the invites that admitted him; where nobody knows by which he came, every invite ends.
   * True when something changed. Throws `verification` for a list of another network.
   */
  adopt(text: string): boolean {
    const news = this.#list.newsIn(text);
    if (!news) return false;
    const invites = this.#invitesOf(news.peers);
    this.#book.commit({ ...this.#list.adding(news.peers, news.number), invites });
    if (news.peers.length > 0) this.#options.onRevoked?.(news.peers);
    return true;
  }

  /** To be called every second or so: keeps the standing invite valid, and forgets what is long over. */
  sweep(): void {
    const now = this.#clock.monotonic();
    if (now - this.#sweptAt < SWEEP_MS) return;
    this.#sweptAt = now;
    this.#list.prune();
    this.gone.forgetLongGone();
    this.invites.forgetLongEnded();
    this.invites.standing();
  }

  /** By which these came in, as they are when they are withdrawn now; every open one where nobody knows by which somebody came. */
  #invitesOf(peers: readonly PeerId[]): readonly Invite[] {
    const ways = peers.map((peer) => this.#book.members.get(peer)?.invites ?? []);
    const isKnown = ways.every((ids) => ids.length > 0);
    const ids = isKnown ? ways.flat() : this.invites.open().map(({ id }) => id);
    return this.invites.withdrawn(new Set(ids));
  }

  /** The other invites by which a member came in, as far as they are remembered. */
  #others(member: Member | undefined, besides: InviteId): readonly InviteId[] {
    return member?.invites.filter((id) => id !== besides && this.#book.invites.has(id)) ?? [];
  }

  #mustHaveRoom(): void {
    const { maxMembers } = this.#options;
    // Counted only where there are so many with those who went for good.
    if (this.#book.members.size >= maxMembers && this.members().length >= maxMembers)
      throw tooManyMembers(maxMembers);
  }

  #mustBeMember(peer: PeerId): Member {
    if (this.isRevoked(peer)) throw revokedPeer();
    const member = this.member(peer);
    if (!member) throw noMember();
    return member;
  }
}

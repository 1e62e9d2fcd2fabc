import type { Address } from '../core/address.ts';
import type { Clock } from '../core/clock.ts';
import type { ContentId, PeerId } from '../core/ids.ts';
import type { MemberBook } from '../core/ports/member-book.ts';
import { drawn, type Random } from '../core/random.ts';
import { MOST_TOLD_MEMBERS, type SwarmMember } from '../core/swarm-member.ts';
import { SoftLists } from './soft-lists.ts';

export interface SwarmMembersOptions {
  readonly self: PeerId;
  /** Where a peer is found, as the directory knows it; empty for who is unknown there. */
  readonly addressesOf: (peer: PeerId) => readonly Address[];
  readonly clock: Clock;
  readonly random: Random;
}

/** Told of and believed until then; whoever dials one finds out. */
const TOLD_MS = 600_000;
/** Members of one content that one peer tells of, and peers that are listened to. */
const MOST_OF_ONE = 2 * MOST_TOLD_MEMBERS;
const MOST_TELLERS = 32;

interface Told {
  readonly member: SwarmMember;
  readonly until: number;
}

/** Somebody who asks here. */
export interface Asker {
  readonly peer: PeerId;
}

/** A content that is wanted here. */
interface Wanted {
  readonly changed: () => void;
  readonly told: Map<PeerId, Map<PeerId, Told>>;
}

/**
 * Who is in which swarm, as far as this process knows: who asks here, who is asked, who entered himself in the list that is kept
 * here for others, and who was told of by others. Only the last may be lies, so they are not told on.
 */
export class SwarmMembers implements MemberBook {
  readonly #options: SwarmMembersOptions;
  readonly #entered: SoftLists;
  readonly #askers = new Map<ContentId, Set<Asker>>();
  /** Sources of downloads, how often each. */
  readonly #asked = new Map<ContentId, Map<PeerId, number>>();
  readonly #wanted = new Map<ContentId, Wanted>();
  readonly #onAskers = new Set<(content: ContentId) => void>();

  constructor(options: SwarmMembersOptions) {
    this.#options = options;
    this.#entered = new SoftLists(options.clock);
  }

  /** Somebody asks here for the content. What is returned ends that. */
  asks(content: ContentId, asker: Asker): () => void {
    const askers = this.#askers.get(content) ?? new Set();
    this.#askers.set(content, askers.add(asker));
    this.#changed(content);
    return () => {
      if (!askers.delete(asker)) return;
      if (askers.size === 0 && this.#askers.get(content) === askers) this.#askers.delete(content);
      for (const listener of this.#onAskers) listener(content);
    };
  }

  /** How many peers ask here for it, besides this one. */
  askers(content: ContentId, except?: PeerId): number {
    const peers = new Set([...(this.#askers.get(content) ?? [])].map(({ peer }) => peer));
    return peers.size - (except !== undefined && peers.has(except) ? 1 : 0);
  }

  /** Calls back when one has stopped to ask. */
  onAskerGone(listener: (content: ContentId) => void): () => void {
    this.#onAskers.add(listener);
    return () => this.#onAskers.delete(listener);
  }

  /** This peer gives the content here. What is returned ends that. */
  gives(content: ContentId, peer: PeerId): () => void {
    const peers = this.#asked.get(content) ?? new Map<PeerId, number>();
    this.#asked.set(content, peers.set(peer, (peers.get(peer) ?? 0) + 1));
    let gave = true;
    return () => {
      if (!gave) return;
      gave = false;
      const left = peers.get(peer)! - 1;
      if (left > 0) peers.set(peer, left);
      else peers.delete(peer);
      if (peers.size === 0 && this.#asked.get(content) === peers) this.#asked.delete(content);
    };
  }

  /** From here on members of its swarm are listened for. Of one content one at a time. */
  want(content: ContentId, changed: () => void): () => void {
    const wanted: Wanted = { changed, told: new Map() };
    this.#wanted.set(content, wanted);
    return () => {
      if (this.#wanted.get(content) === wanted) this.#wanted.delete(content);
    };
  }

  entered(content: ContentId, peer: PeerId, addresses: readonly Address[]): void {
    if (this.#entered.enter(content, { peer, addresses })) this.#changed(content);
  }

  /** A peer that tells too much loses what it told first; nothing that others told is lost by it. */
  told(content: ContentId, from: PeerId, members: readonly SwarmMember[]): void {
    const { self, clock } = this.#options;
    const wanted = this.#wanted.get(content);
    if (!wanted || (!wanted.told.has(from) && wanted.told.size >= MOST_TELLERS)) return;
    const told = wanted.told.get(from) ?? new Map<PeerId, Told>();
    wanted.told.set(from, told);
    const until = clock.monotonic() + TOLD_MS;
    let isNew = false;
    for (const member of members.slice(0, MOST_TOLD_MEMBERS)) {
      if (member.peer === self) continue;
      const known = told.delete(member.peer);
      isNew ||= !known;
      told.set(member.peer, { member, until });
    }
    while (told.size > MOST_OF_ONE) told.delete(told.keys().next().value as PeerId);
    if (isNew) wanted.changed();
  }

  /** Everybody who may have something of the content, without this peer. */
  candidates(content: ContentId): readonly SwarmMember[] {
    const found = new Map(this.#proven(content).map((member) => [member.peer, member]));
    const now = this.#options.clock.monotonic();
    for (const told of this.#wanted.get(content)?.told.values() ?? []) {
      for (const { member, until } of told.values()) {
        if (until > now && !found.has(member.peer)) found.set(member.peer, member);
      }
    }
    return [...found.values()];
  }

  others(content: ContentId, except: PeerId): readonly SwarmMember[] {
    const known = this.#proven(content).filter(
      ({ peer, addresses }) => peer !== except && addresses.length > 0,
    );
    return drawn(known, MOST_TOLD_MEMBERS, this.#options.random);
  }

  /** Those that are connected, or were when they entered themselves. */
  #proven(content: ContentId): SwarmMember[] {
    const { addressesOf, self } = this.#options;
    const entered = new Map(this.#entered.of(content).map((member) => [member.peer, member]));
    const connected = [
      ...[...(this.#askers.get(content) ?? [])].map(({ peer }) => peer),
      ...(this.#asked.get(content)?.keys() ?? []),
    ];
    for (const peer of connected) {
      const known = addressesOf(peer);
      if (known.length > 0 || !entered.has(peer)) entered.set(peer, { peer, addresses: known });
    }
    entered.delete(self);
    return [...entered.values()];
  }

  #changed(content: ContentId): void {
    this.#wanted.get(content)?.changed();
  }
}

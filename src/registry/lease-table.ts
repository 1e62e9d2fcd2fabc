import type { Address } from '../core/address.ts';
import type { Clock } from '../core/clock.ts';
import type { IndexHead } from '../core/entry.ts';
import type { PeerId } from '../core/ids.ts';
import { type LeaseRecord, type PeerAnnouncement, RENEWALS_PER_LEASE } from '../core/lease.ts';
import type { LeaseStore } from '../core/ports/lease-store.ts';
import { ActiveLeases } from './active-leases.ts';
import { type ListedLease, listing } from './directory-listing.ts';
import { endedLease, evictedLease, registeredLease } from './lease-changes.ts';
import { heldByAnother, noLease, tooManyPeers } from './lease-errors.ts';
import { handOutName } from './names.ts';
import { dayOf, firstCountedDay, type Remembered, RememberedPeers } from './remembered-peers.ts';
import { Rivals } from './rivals.ts';

export interface LeaseTableOptions {
  readonly clock: Clock;
  readonly store: LeaseStore;
  /** 16 hex digits, taken when the store is new. */
  readonly epoch: string;
  readonly leaseSeconds: number;
  /** Most peers that are remembered. */
  readonly maxPeers: number;
  readonly onEvent?: (event: LeaseEvent) => void;
}

export interface LeaseEvent {
  readonly kind: 'registered' | 'renewed' | 'left' | 'lapsed' | 'evicted' | 'forgotten';
  /** As it is now; of a peer that was evicted or is gone for good as it was before, with its name. */
  readonly lease: LeaseRecord;
  /** True when others see a difference: the version went up. */
  readonly changed: boolean;
}

export interface Grant {
  /** As handed out. */
  readonly name: string;
  readonly leaseSeconds: number;
  readonly renewSeconds: number;
  /** Of a registration: the peer's head as it was known before. */
  readonly head?: IndexHead;
  /** Where another start with this peer's key runs beside it. */
  readonly rival?: readonly Address[];
}

export type RenewalNews = Pick<PeerAnnouncement, 'nonce' | 'head' | 'files' | 'bytes'>;

/**
 * After a start versions go on from here further than the last stored one: a power failure may have taken the last writes, whose
 * versions others have seen, and no version may ever mean two things.
 */
const VERSION_JUMP = 2 ** 20;

/** The directory of a network: who is there, under which name, and until when. Everything that happens is written through to the store. */
export class LeaseTable {
  readonly epoch: string;
  readonly #options: LeaseTableOptions;
  readonly #peers: RememberedPeers;
  readonly #active: ActiveLeases;
  readonly #rivals: Rivals;
  #version: number;

  constructor(options: LeaseTableOptions) {
    this.#options = options;
    this.#active = new ActiveLeases(options.clock, options.leaseSeconds * 1000);
    this.#rivals = new Rivals(options.clock, options.leaseSeconds * 1000);
    const { epoch, version, leases } = options.store.load(options.epoch);
    this.epoch = epoch;
    this.#version = version + (leases.length > 0 ? VERSION_JUMP : 0);
    this.#peers = new RememberedPeers(leases);
    for (const { lease } of leases) if (lease.active) this.#active.extend(lease.id);
    this.#graceForAll();
  }

  get version(): number {
    return this.#version;
  }

  get size(): number {
    return this.#peers.size;
  }

  /** Registers a peer, or again. Throws `limit` when nobody more can be remembered. */
  register(announcement: PeerAnnouncement): Grant {
    const now = this.#options.clock.now();
    const known = this.#peers.get(announcement.id);
    const leaver = known ? undefined : this.#makeRoom();
    const name = handOutName(announcement.name, announcement.id, (one) => {
      const holder = this.#peers.holderOf(one);
      return holder === leaver ? undefined : holder;
    });
    const version = this.#version + 1;
    const lease = registeredLease({ ...announcement, name }, known?.lease, {
      now,
      leaseEnds: now + this.#leaseMs,
      version,
    });
    const day = dayOf(now);
    const forgotten = leaver === undefined ? [] : [leaver];
    this.#options.store.write({
      version,
      leases: [lease],
      registered: { id: lease.id, day },
      forgotten,
    });
    this.#forget(forgotten);
    if (known?.lease.active && known.lease.nonce !== lease.nonce)
      this.#rivals.displaced(lease.id, known.lease);
    const days = known?.days ?? new Map<number, number>();
    this.#peers.put({ lease, days: days.set(day, (days.get(day) ?? 0) + 1) });
    this.#active.extend(lease.id);
    this.#version = lease.version;
    this.#tell({ kind: 'registered', lease, changed: true });
    const head = known?.lease.head;
    return { ...this.#grant(name), ...(head && { head }) };
  }

  /** Throws `not-found` when there is no running lease, `conflict` when another start of the peer holds it. */
  renew(id: PeerId, news: RenewalNews): Grant {
    const { lease: old, days } = this.#held(id, news.nonce);
    const changed =
      old.files !== news.files ||
      old.bytes !== news.bytes ||
      old.head?.index !== news.head?.index ||
      old.head?.seq !== news.head?.seq;
    const now = this.#options.clock.now();
    const version = changed ? this.#version + 1 : old.version;
    const { head, files, bytes } = news;
    const lease = { ...old, head, files, bytes, lastSeen: now, leaseEnds: now + this.#leaseMs, version };
    this.#save({ lease, days }, 'renewed', changed);
    this.#active.extend(id);
    const rival = this.#rivals.of(id);
    return { ...this.#grant(lease.name), ...(rival && { rival }) };
  }

  /** Ends a lease. Throws as `renew` does. */
  leave(id: PeerId, nonce: string): void {
    const { lease, days } = this.#held(id, nonce);
    const now = this.#options.clock.now();
    this.#active.delete(id);
    this.#end({ lease: { ...lease, lastSeen: now, leaseEnds: now }, days }, 'left');
  }

  /** Ends the lease of a peer that is no member any more and frees its name; others see it gone. False when nobody knew it. */
  evict(id: PeerId): boolean {
    const known = this.#peers.get(id);
    if (!known) return false;
    const version = this.#version + 1;
    const lease = evictedLease(known.lease, this.#options.clock.now(), version);
    this.#options.store.write({ version, leases: [lease] });
    this.#active.delete(id);
    this.#rivals.forget(id);
    this.#peers.put({ lease, days: known.days });
    this.#version = version;
    this.#tell({ kind: 'evicted', lease: known.lease, changed: true });
    return true;
  }

  /** To be called every second or so: ends leases whose time is over and forgets who was long unseen. */
  sweep(): void {
    const { ended, grace } = this.#active.sweep();
    if (grace) this.#graceForAll();
    for (const id of ended) this.#end(this.#peers.get(id)!, 'lapsed');
    this.#forgetUnseen();
  }

  /** The remembered peers, those that changed above `version`. */
  list(state: 'active' | 'all', aboveVersion = -1): readonly ListedLease[] {
    return listing(this.#peers.all(), { state, aboveVersion, now: this.#options.clock.now() });
  }

  get #leaseMs(): number {
    return this.#options.leaseSeconds * 1000;
  }

  #grant(name: string): Grant {
    const { leaseSeconds } = this.#options;
    return { name, leaseSeconds, renewSeconds: leaseSeconds / RENEWALS_PER_LEASE };
  }

  #held(id: PeerId, nonce: string): Remembered {
    const entry = this.#peers.get(id);
    if (!entry?.lease.active) throw noLease();
    if (entry.lease.nonce !== nonce) {
      this.#rivals.heard(id, nonce);
      throw heldByAnother(entry.lease.addresses[0]!);
    }
    return entry;
  }

  #end({ lease, days }: Remembered, kind: 'left' | 'lapsed'): void {
    const ended = endedLease(lease, this.#version + 1);
    this.#save({ lease: ended, days }, kind, true, lease.passing ? lease : ended);
  }

  #save(entry: Remembered, kind: LeaseEvent['kind'], changed: boolean, shown = entry.lease): void {
    const version = changed ? entry.lease.version : this.#version;
    this.#options.store.write({ version, leases: [entry.lease] });
    this.#peers.put(entry);
    this.#version = version;
    this.#tell({ kind, lease: shown, changed });
  }

  #tell(event: LeaseEvent): void {
    this.#options.onEvent?.(event);
  }

  /** Id of who has to go so that one more fits, or undefined when there is room. */
  #makeRoom(): PeerId | undefined {
    if (this.#peers.size < this.#options.maxPeers) return undefined;
    const spare = this.#peers.dispensable(this.#options.clock.now());
    if (spare) return spare;
    throw tooManyPeers(this.#options.maxPeers);
  }

  #forgetUnseen(): void {
    const now = this.#options.clock.now();
    if (!this.#active.dueForCleaning()) return;
    const unseen = this.#peers.unseen(now);
    const firstDay = firstCountedDay(now);
    this.#options.store.write({ version: this.#version, forgotten: unseen, firstDay });
    this.#peers.dropDaysBefore(firstDay);
    this.#forget(unseen);
  }

  #forget(ids: readonly PeerId[]): void {
    for (const id of ids) {
      const { lease } = this.#peers.delete(id)!;
      this.#rivals.forget(id);
      this.#tell({ kind: 'forgotten', lease, changed: false });
    }
  }

  /** Leases were started anew: what is shown as their end follows. */
  #graceForAll(): void {
    const leaseEnds = this.#options.clock.now() + this.#leaseMs;
    const active = this.#peers.all().filter(({ lease }) => lease.active);
    const renewed = active.map(({ lease, days }) => ({ lease: { ...lease, leaseEnds }, days }));
    this.#options.store.write({ version: this.#version, leases: renewed.map(({ lease }) => lease) });
    for (const entry of renewed) this.#peers.put(entry);
  }
}

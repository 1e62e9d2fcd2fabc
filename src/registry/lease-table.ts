import { formatAddress } from '../core/address.ts';
import type { Clock } from '../core/clock.ts';
import { PeerdexError } from '../core/errors.ts';
import type { PeerId } from '../core/ids.ts';
import {
  FORGET_AFTER_MS,
  type LeaseRecord,
  type PeerAnnouncement,
  REGISTRATION_WINDOW_MS,
  RENEWALS_PER_LEASE,
} from '../core/lease.ts';
import type { LeaseStore } from '../core/ports/lease-store.ts';
import { ActiveLeases } from './active-leases.ts';
import { handOutName } from './names.ts';

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
  readonly kind: 'registered' | 'renewed' | 'left' | 'lapsed' | 'forgotten';
  readonly lease: LeaseRecord;
  /** True when others see a difference: the version went up. */
  readonly changed: boolean;
}

export interface Grant {
  /** As handed out. */
  readonly name: string;
  readonly leaseSeconds: number;
  readonly renewSeconds: number;
}

/** A peer as the directory shows it. */
export interface ListedLease {
  readonly lease: LeaseRecord;
  /** Times registered in the last 30 days. */
  readonly registrations: number;
}

export type RenewalNews = Pick<PeerAnnouncement, 'nonce' | 'head' | 'files' | 'bytes'>;

/**
 * After a start versions go on from here further than the last stored one: a power failure may have taken the last writes, whose
 * versions others have seen, and no version may ever mean two things.
 */
const VERSION_JUMP = 2 ** 20;
const DAY_MS = 24 * 3600 * 1000;

/** The directory of a network: who is there, under which name, and until when. Everything that happens is written through to the store. */
export class LeaseTable {
  readonly epoch: string;
  readonly #options: LeaseTableOptions;
  readonly #entries = new Map<PeerId, Entry>();
  readonly #names = new Map<string, PeerId>();
  readonly #active: ActiveLeases;
  #version: number;

  constructor(options: LeaseTableOptions) {
    this.#options = options;
    this.#active = new ActiveLeases(options.clock, options.leaseSeconds * 1000);
    const { epoch, version, leases } = options.store.load(options.epoch);
    this.epoch = epoch;
    this.#version = version + (leases.length > 0 ? VERSION_JUMP : 0);
    for (const { lease, registrations } of leases) {
      this.#entries.set(lease.id, { lease, days: new Map(registrations) });
      this.#names.set(lease.name, lease.id);
      if (lease.active) this.#active.extend(lease.id);
    }
    this.#graceForAll();
  }

  get version(): number {
    return this.#version;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Registers a peer, or again. Throws `limit` when nobody more can be remembered. */
  register(announcement: PeerAnnouncement): Grant {
    const now = this.#options.clock.now();
    const known = this.#entries.get(announcement.id);
    const evicted = known ? undefined : this.#makeRoom();
    const name = handOutName(announcement.name, announcement.id, (one) =>
      this.#names.get(one) === evicted ? undefined : this.#names.get(one),
    );
    const lease: LeaseRecord = {
      ...plainAnnouncement(announcement),
      name,
      firstRegistered: known?.lease.firstRegistered ?? now,
      lastRegistered: now,
      lastSeen: now,
      leaseEnds: now + this.#leaseMs,
      active: true,
      version: this.#version + 1,
    };
    const day = Math.floor(now / DAY_MS);
    const forgotten = evicted === undefined ? [] : [evicted];
    this.#options.store.write({
      version: lease.version,
      leases: [lease],
      registered: { id: lease.id, day },
      forgotten,
    });
    this.#forget(forgotten);
    if (known) this.#names.delete(known.lease.name);
    this.#names.set(name, lease.id);
    const days = known?.days ?? new Map<number, number>();
    this.#entries.set(lease.id, { lease, days: days.set(day, (days.get(day) ?? 0) + 1) });
    this.#active.extend(lease.id);
    this.#version = lease.version;
    this.#tell({ kind: 'registered', lease, changed: true });
    return this.#grant(name);
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
    return this.#grant(lease.name);
  }

  /** Ends a lease. Throws as `renew` does. */
  leave(id: PeerId, nonce: string): void {
    const { lease, days } = this.#held(id, nonce);
    const now = this.#options.clock.now();
    this.#active.delete(id);
    const ended = { ...lease, active: false, lastSeen: now, leaseEnds: now, version: this.#version + 1 };
    this.#save({ lease: ended, days }, 'left', true);
  }

  /** To be called every second or so: ends leases whose time is over and forgets who was long unseen. */
  sweep(): void {
    const { ended, grace } = this.#active.sweep();
    if (grace) this.#graceForAll();
    for (const id of ended) {
      const { lease, days } = this.#entries.get(id)!;
      this.#save({ lease: { ...lease, active: false, version: this.#version + 1 }, days }, 'lapsed', true);
    }
    this.#forgetUnseen();
  }

  /** The remembered peers, those that changed above `version`. */
  list(state: 'active' | 'all', aboveVersion = -1): readonly ListedLease[] {
    const firstDay = this.#firstDay();
    return [...this.#entries.values()]
      .filter(({ lease }) => lease.version > aboveVersion && (state === 'all' || lease.active))
      .map(({ lease, days }) => ({
        lease,
        registrations: [...days].reduce((sum, [day, times]) => (day >= firstDay ? sum + times : sum), 0),
      }));
  }

  get #leaseMs(): number {
    return this.#options.leaseSeconds * 1000;
  }

  #grant(name: string): Grant {
    const { leaseSeconds } = this.#options;
    return { name, leaseSeconds, renewSeconds: leaseSeconds / RENEWALS_PER_LEASE };
  }

  #held(id: PeerId, nonce: string): Entry {
    const entry = this.#entries.get(id);
    if (!entry?.lease.active)
      throw new PeerdexError('not-found', 'this peer has no running lease', { hint: 'register again' });
    if (entry.lease.nonce !== nonce) {
      const where = formatAddress(entry.lease.addresses[0]!);
      throw new PeerdexError('conflict', `another peer with the same key has registered since, at ${where}`, {
        hint: 'a data folder was copied, or runs twice: give each peer a data folder of its own',
      });
    }
    return entry;
  }

  #save(entry: Entry, kind: LeaseEvent['kind'], changed: boolean): void {
    const version = changed ? entry.lease.version : this.#version;
    this.#options.store.write({ version, leases: [entry.lease] });
    this.#entries.set(entry.lease.id, entry);
    this.#version = version;
    this.#tell({ kind, lease: entry.lease, changed });
  }

  #tell(event: LeaseEvent): void {
    this.#options.onEvent?.(event);
  }

  /** Id of who has to go so that one more fits, or undefined when there is room. */
  #makeRoom(): PeerId | undefined {
    if (this.#entries.size < this.#options.maxPeers) return undefined;
    let longest: LeaseRecord | undefined;
    for (const { lease } of this.#entries.values()) {
      if (!lease.active && (!longest || lease.lastSeen < longest.lastSeen)) longest = lease;
    }
    if (longest) return longest.id;
    throw new PeerdexError(
      'limit',
      `this registry remembers ${this.#options.maxPeers} peers and all are active`,
      {
        hint: 'let some leave, or raise its bound on peers',
        retry: true,
      },
    );
  }

  #forgetUnseen(): void {
    const now = this.#options.clock.now();
    if (!this.#active.dueForCleaning()) return;
    const unseen = [...this.#entries.values()]
      .filter(({ lease }) => !lease.active && now - lease.lastSeen > FORGET_AFTER_MS)
      .map(({ lease }) => lease.id);
    const firstDay = this.#firstDay();
    this.#options.store.write({ version: this.#version, forgotten: unseen, firstDay });
    for (const { days } of this.#entries.values())
      for (const day of days.keys()) if (day < firstDay) days.delete(day);
    this.#forget(unseen);
  }

  #forget(ids: readonly PeerId[]): void {
    for (const id of ids) {
      const { lease } = this.#entries.get(id)!;
      this.#entries.delete(id);
      this.#names.delete(lease.name);
      this.#tell({ kind: 'forgotten', lease, changed: false });
    }
  }

  #firstDay(): number {
    return Math.floor((this.#options.clock.now() - REGISTRATION_WINDOW_MS) / DAY_MS) + 1;
  }

  /** Leases were started anew: what is shown as their end follows. */
  #graceForAll(): void {
    const leaseEnds = this.#options.clock.now() + this.#leaseMs;
    const active = [...this.#entries.values()].filter(({ lease }) => lease.active);
    const leases = active.map(({ lease }) => ({ ...lease, leaseEnds }));
    this.#options.store.write({ version: this.#version, leases });
    for (const lease of leases)
      this.#entries.set(lease.id, { lease, days: this.#entries.get(lease.id)!.days });
  }
}

interface Entry {
  readonly lease: LeaseRecord;
  /** Registrations by day. */
  readonly days: Map<number, number>;
}

/** Only what belongs there, whatever else a message carried. */
const plainAnnouncement = ({
  id,
  name,
  addresses,
  nonce,
  head,
  files,
  bytes,
}: PeerAnnouncement): PeerAnnouncement => ({
  id,
  name,
  addresses: addresses.map(({ host, port }) => ({ host, port })),
  nonce,
  head: head && { index: head.index, seq: head.seq },
  files,
  bytes,
});

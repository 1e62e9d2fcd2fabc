import type { PeerId } from '../core/ids.ts';
import { FORGET_AFTER_MS, type LeaseRecord, REGISTRATION_WINDOW_MS } from '../core/lease.ts';
import type { StoredLease } from '../core/ports/lease-store.ts';

/** A remembered peer. */
export interface Remembered {
  readonly lease: LeaseRecord;
  /** Times registered by day, days counted from 1970 (UTC). */
  readonly days: Map<number, number>;
}

const DAY_MS = 24 * 3600 * 1000;

export const dayOf = (now: number): number => Math.floor(now / DAY_MS);
/** The first day whose registrations still count. */
export const firstCountedDay = (now: number): number => dayOf(now - REGISTRATION_WINDOW_MS) + 1;

/** Every peer that the directory remembers, and whose each name is. */
export class RememberedPeers {
  readonly #entries = new Map<PeerId, Remembered>();
  readonly #names = new Map<string, PeerId>();

  constructor(stored: readonly StoredLease[]) {
    for (const { lease, registrations } of stored) this.put({ lease, days: new Map(registrations) });
  }

  get size(): number {
    return this.#entries.size;
  }

  get(id: PeerId): Remembered | undefined {
    return this.#entries.get(id);
  }

  all(): readonly Remembered[] {
    return [...this.#entries.values()];
  }

  holderOf(name: string): PeerId | undefined {
    return this.#names.get(name);
  }

  /** Adds a peer or replaces what was known of it; a name that it had before is free. */
  put(entry: Remembered): void {
    const { id, name } = entry.lease;
    this.#freeName(id);
    this.#entries.set(id, entry);
    this.#names.set(name, id);
  }

  /** Gives back what was known of it. */
  delete(id: PeerId): Remembered | undefined {
    const entry = this.#entries.get(id);
    this.#freeName(id);
    this.#entries.delete(id);
    return entry;
  }

  /** Who may be forgotten to make room, its name with it: somebody who was evicted or is gone for good, or is unseen for so long. */
  dispensable(now: number): PeerId | undefined {
    const of = ({ lease }: Remembered) => isUnseen(lease, now) || (!lease.active && lease.name === lease.id);
    return this.#entries.values().find(of)?.lease.id;
  }

  /** Who was not seen for so long that it is to be forgotten. */
  unseen(now: number): readonly PeerId[] {
    return this.all()
      .filter(({ lease }) => isUnseen(lease, now))
      .map(({ lease }) => lease.id);
  }

  dropDaysBefore(firstDay: number): void {
    for (const { days } of this.#entries.values())
      for (const day of days.keys()) if (day < firstDay) days.delete(day);
  }

  #freeName(id: PeerId): void {
    const name = this.#entries.get(id)?.lease.name;
    if (name !== undefined && this.#names.get(name) === id) this.#names.delete(name);
  }
}

/** Whether it said that it would not come back, and left. */
export const isGone = ({ active, passing }: LeaseRecord): boolean => !active && passing === true;

const isUnseen = ({ active, lastSeen }: LeaseRecord, now: number): boolean =>
  !active && now - lastSeen > FORGET_AFTER_MS;

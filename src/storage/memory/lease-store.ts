import type { PeerId } from '../../core/ids.ts';
import type { LeaseRecord } from '../../core/lease.ts';
import type { LeaseStore, LeaseWrite, StoredDirectory } from '../../core/ports/lease-store.ts';

/** A directory that ends with the process. */
export class MemoryLeaseStore implements LeaseStore {
  readonly #leases = new Map<PeerId, LeaseRecord>();
  readonly #registrations = new Map<PeerId, Map<number, number>>();
  #epoch: string | undefined;
  #version = 0;

  load(epoch: string): StoredDirectory {
    this.#epoch ??= epoch;
    const leases = [...this.#leases.values()].map((lease) => ({
      lease,
      registrations: new Map(this.#registrations.get(lease.id)),
    }));
    return { epoch: this.#epoch, version: this.#version, leases };
  }

  write({ version, leases = [], registered, forgotten = [], firstDay }: LeaseWrite): void {
    this.#version = version;
    for (const lease of leases) this.#leases.set(lease.id, lease);
    if (registered) {
      const days = this.#registrations.get(registered.id) ?? new Map<number, number>();
      days.set(registered.day, (days.get(registered.day) ?? 0) + 1);
      this.#registrations.set(registered.id, days);
    }
    for (const id of forgotten) {
      this.#leases.delete(id);
      this.#registrations.delete(id);
    }
    if (firstDay !== undefined) {
      for (const days of this.#registrations.values()) {
        for (const day of days.keys()) if (day < firstDay) days.delete(day);
      }
    }
  }
}

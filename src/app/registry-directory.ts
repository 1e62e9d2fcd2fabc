import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { PeerdexError } from '../core/errors.ts';
import { type LeaseRecord, REGISTRATION_WINDOW_MS } from '../core/lease.ts';
import type { StoredLease } from '../core/ports/lease-store.ts';
import { isGone } from '../registry/remembered-peers.ts';
import { SqliteLeaseStore } from '../storage/sqlite/lease-store.ts';
import { openRegistryDatabase } from '../storage/sqlite/registry-database.ts';

/** A peer as a registry remembers it, and how often it registered in the last 30 days. */
export type RememberedPeer = LeaseRecord & { readonly registrations: number };

const DAY_MS = 24 * 3600 * 1000;

/**
 * The directory in the data folder of a registry, whether or not that registry runs. `now`: milliseconds since 1970; who did not
 * renew until then is no longer active, which a registry that does not run could not write down. Throws `not-found`.
 */
export function readRegistryDirectory(data: string, now: number): readonly RememberedPeer[] {
  const file = path.join(data, 'registry.db');
  if (!existsSync(file)) {
    throw new PeerdexError('not-found', `no registry keeps its directory in ${data}`, {
      hint: 'name the data folder of the registry with --data, or that of a running peer of role admin',
    });
  }
  const database = openRegistryDatabase(file);
  try {
    // A directory that is only just being made has no epoch yet: this one is as good as the registry's own.
    const { leases } = new SqliteLeaseStore(database).load(randomBytes(8).toString('hex'));
    return leases.map((stored) => remembered(stored, now)).filter((peer) => !isGone(peer));
  } finally {
    database.close();
  }
}

function remembered({ lease, registrations }: StoredLease, now: number): RememberedPeer {
  const firstDay = Math.floor((now - REGISTRATION_WINDOW_MS) / DAY_MS) + 1;
  const times = [...registrations].reduce((sum, [day, count]) => (day >= firstDay ? sum + count : sum), 0);
  return { ...lease, active: lease.active && lease.leaseEnds > now, registrations: times };
}

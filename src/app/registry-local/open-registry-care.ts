import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { PeerdexError } from '../../core/errors.ts';
import type { PeerId } from '../../core/ids.ts';
import { formatJoinLink, parseJoinLink } from '../../core/join-link.ts';
import { formatSecret, type Invite } from '../../core/trust/invite.ts';
import { evictedLease } from '../../registry/lease-changes.ts';
import { openKeyFile } from '../../storage/disk/key-file.ts';
import { SqliteLeaseStore } from '../../storage/sqlite/lease-store.ts';
import { openRegistryDatabase } from '../../storage/sqlite/registry-database.ts';
import { openDataFolder } from '../data-folder.ts';
import { settledMode } from '../network-mode.ts';
import { rememberedLink } from '../remembered-link.ts';
import { noRegistry } from './no-registry.ts';
import { openAdmission } from './open-admission.ts';
import { type RegistryCare, registryCare } from './registry-care.ts';

/**
 * The care of a network whose registry does not run, from its data folder, which is locked meanwhile. Throws `not-found` where there
 * is none and `conflict` when it runs.
 */
export function openRegistryCare(data: string): RegistryCare & Disposable {
  if (!existsSync(path.join(data, 'network-key.pem'))) throw noRegistry(data);
  using opened = new DisposableStack();
  const folder = openDataFolder(data, 'registry');
  opened.defer(() => folder.release());
  const key = openKeyFile(path.join(data, 'network-key.pem'));
  const database = openRegistryDatabase(path.join(data, 'registry.db'));
  opened.defer(() => database.close());
  const leases = new SqliteLeaseStore(database);
  const admission = openAdmission(database, key, {
    mode: settledMode(data),
    maxMembers: Number.MAX_SAFE_INTEGER,
    onRevoked: (peers) => evictStored(leases, peers),
  });
  const care = registryCare({
    admission,
    directory: () => stored(leases).leases.map(({ lease }) => lease),
    link: (invite) => linkOf(invite, data),
    now: Date.now,
  });
  const resources = opened.move();
  return {
    // Where no address is known no invite is made that nobody could use.
    invite: async (wish) => {
      addressesIn(data);
      return care.invite(wish);
    },
    invites: care.invites,
    revoke: care.revoke,
    withdraw: care.withdraw,
    [Symbol.dispose]: () => resources.dispose(),
  };
}

function evictStored(leases: SqliteLeaseStore, peers: readonly PeerId[]): void {
  const out = new Set(peers);
  const directory = stored(leases);
  const version = directory.version + 1;
  const evicted = directory.leases
    .filter(({ lease }) => out.has(lease.id))
    .map(({ lease }) => evictedLease(lease, Date.now(), version));
  if (evicted.length > 0) leases.write({ version, leases: evicted });
}

/** A directory that is only just being made has no epoch yet: this one is as good as the registry's own. */
const stored = (leases: SqliteLeaseStore) => leases.load(randomBytes(8).toString('hex'));

/** With the addresses under which the registry ran last. */
function linkOf({ role, secret }: Invite, data: string): string {
  return formatJoinLink({ ...addressesIn(data), role, secret: formatSecret(secret) });
}

function addressesIn(data: string) {
  const last = rememberedLink(data);
  if (last === undefined) {
    throw new PeerdexError('unavailable', 'this registry has not run here yet, so its address is not known', {
      hint: 'start it with `peerdex registry`, and ask for the invite while it runs',
    });
  }
  return parseJoinLink(last);
}

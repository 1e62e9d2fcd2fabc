import path from 'node:path';
import type { RegistryConfig } from '../../src/app/config.ts';
import { startRegistry } from '../../src/app/registry.ts';
import type { LeaseRecord } from '../../src/core/lease.ts';
import { SqliteLeaseStore } from '../../src/storage/sqlite/lease-store.ts';
import { openRegistryDatabase } from '../../src/storage/sqlite/registry-database.ts';

/** Makes the data folder of a registry in which `count` peers are active, as `addLeases` has them. */
export async function makeManyLeases(
  config: RegistryConfig,
  count: number,
  more?: (at: number) => Partial<LeaseRecord>,
): Promise<void> {
  const registry = await startRegistry(config);
  await registry.close();
  addLeases(config.data, count, more);
}

/**
 * Has `count` more peers active in a registry that does not run, at addresses where nobody is; they are named `host-00000` and so on. When
 * it starts with long leases it takes them for as there as any. `more` says
 * what is otherwise with one of them.
 */
export function addLeases(
  data: string,
  count: number,
  more: (at: number) => Partial<LeaseRecord> = () => ({}),
): void {
  const database = openRegistryDatabase(path.join(data, 'registry.db'));
  try {
    const store = new SqliteLeaseStore(database);
    const { version } = store.load('0'.repeat(16));
    const leases = Array.from({ length: count }, (_, at) => ({
      ...leaseOf(at, version + 1 + at),
      ...more(at),
    }));
    store.write({ version: version + count, leases });
  } finally {
    database.close();
  }
}

function leaseOf(at: number, version: number): LeaseRecord {
  const now = Date.now();
  return {
    id: at.toString(16).padStart(32, '0'),
    name: `host-${String(at).padStart(5, '0')}`,
    addresses: [{ host: '127.0.0.1', port: 1 }],
    nonce: '0'.repeat(32),
    files: at,
    bytes: at * 1e6,
    firstRegistered: now - at * 60_000,
    lastRegistered: now - at * 60_000,
    lastSeen: now,
    leaseEnds: now + 7200 * 1000,
    active: true,
    version,
  };
}

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Address } from '../../core/address.ts';
import type { LeaseRecord } from '../../core/lease.ts';
import type { LeaseStore, LeaseWrite, StoredDirectory } from '../../core/ports/lease-store.ts';
import { inTransaction } from './database.ts';

/** The directory in a registry's database. */
export class SqliteLeaseStore implements LeaseStore {
  readonly #database: DatabaseSync;
  readonly #setVersion: StatementSync;
  readonly #put: StatementSync;
  readonly #forget: StatementSync;
  readonly #register: StatementSync;
  readonly #dropDays: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#setVersion = database.prepare('UPDATE directory SET version = ?');
    this.#put = database.prepare(PUT);
    this.#forget = database.prepare('DELETE FROM lease WHERE id = ?');
    this.#register = database.prepare(
      'INSERT INTO registration (peer, day, times) VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET times = times + 1',
    );
    this.#dropDays = database.prepare('DELETE FROM registration WHERE day < ?');
  }

  load(epoch: string): StoredDirectory {
    this.#database
      .prepare('INSERT OR IGNORE INTO directory (one, epoch, version) VALUES (1, ?, 0)')
      .run(epoch);
    const directory = this.#database.prepare('SELECT epoch, version FROM directory').get();
    const registrations = new Map<string, Map<number, number>>();
    for (const row of this.#database.prepare('SELECT peer, day, times FROM registration').iterate()) {
      const days = registrations.get(String(row.peer)) ?? new Map<number, number>();
      registrations.set(String(row.peer), days.set(Number(row.day), Number(row.times)));
    }
    const rows = this.#database.prepare('SELECT * FROM lease').all() as unknown as LeaseRow[];
    return {
      epoch: String(directory?.epoch),
      version: Number(directory?.version),
      leases: rows.map((row) => ({
        lease: fromRow(row),
        registrations: registrations.get(row.id) ?? new Map<number, number>(),
      })),
    };
  }

  write({ version, leases = [], registered, forgotten = [], firstDay }: LeaseWrite): void {
    inTransaction(this.#database, () => {
      this.#setVersion.run(version);
      // First, for a name of theirs may be handed out again.
      for (const id of forgotten) this.#forget.run(id);
      for (const lease of leases) this.#put.run(toRow(lease));
      if (registered) this.#register.run(registered.id, registered.day);
      if (firstDay !== undefined) this.#dropDays.run(firstDay);
    });
  }
}

const COLUMNS = [
  'id',
  'name',
  'addresses',
  'nonce',
  'head_index',
  'head_seq',
  'files',
  'bytes',
  'first_registered',
  'last_registered',
  'last_seen',
  'lease_ends',
  'active',
  'version',
  'passing',
] as const;

const PUT = `INSERT INTO lease (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map((name) => `:${name}`).join(', ')})
  ON CONFLICT (id) DO UPDATE SET ${COLUMNS.slice(1)
    .map((name) => `${name} = excluded.${name}`)
    .join(', ')}`;

type LeaseRow = Record<(typeof COLUMNS)[number], string | number | null> & {
  readonly id: string;
  readonly name: string;
  readonly addresses: string;
  readonly nonce: string;
  readonly head_index: string | null;
};

function fromRow(row: LeaseRow): LeaseRecord {
  return {
    id: row.id,
    name: row.name,
    addresses: JSON.parse(row.addresses) as Address[],
    nonce: row.nonce,
    head: row.head_index === null ? undefined : { index: row.head_index, seq: Number(row.head_seq) },
    files: Number(row.files),
    bytes: Number(row.bytes),
    firstRegistered: Number(row.first_registered),
    lastRegistered: Number(row.last_registered),
    lastSeen: Number(row.last_seen),
    leaseEnds: Number(row.lease_ends),
    active: row.active === 1,
    version: Number(row.version),
    ...(row.passing === 1 && { passing: true }),
  };
}

function toRow(lease: LeaseRecord): LeaseRow {
  return {
    id: lease.id,
    name: lease.name,
    addresses: JSON.stringify(lease.addresses.map(({ host, port }) => ({ host, port }))),
    nonce: lease.nonce,
    head_index: lease.head?.index ?? null,
    head_seq: lease.head?.seq ?? null,
    files: lease.files,
    bytes: lease.bytes,
    first_registered: lease.firstRegistered,
    last_registered: lease.lastRegistered,
    last_seen: lease.lastSeen,
    lease_ends: lease.leaseEnds,
    active: lease.active ? 1 : 0,
    version: lease.version,
    passing: lease.passing ? 1 : 0,
  };
}

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Address } from '../../core/address.ts';
import type { PeerId } from '../../core/ids.ts';
import type { KnownPeer } from '../../core/known-peer.ts';
import type { KnownPeerStore } from '../../core/ports/peer-directory.ts';
import { isRole } from '../../core/trust/role.ts';
import { inTransaction } from './database.ts';

/** Known peers in a peer's database. */
export class SqliteKnownPeerStore implements KnownPeerStore {
  readonly #database: DatabaseSync;
  readonly #put: StatementSync;
  readonly #delete: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#put = database.prepare(`INSERT OR REPLACE INTO known_peer
      (id, name, addresses, active, since, last_seen, head_index, head_seq, files, bytes, role)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    this.#delete = database.prepare('DELETE FROM known_peer WHERE id = ?');
  }

  all(): readonly KnownPeer[] {
    const rows = this.#database.prepare('SELECT * FROM known_peer ORDER BY id').all();
    return rows.map((row) => ({
      id: String(row.id),
      name: String(row.name),
      addresses: JSON.parse(String(row.addresses)) as Address[],
      active: row.active === 1,
      since: Number(row.since),
      lastSeen: Number(row.last_seen),
      head:
        row.head_index === null ? undefined : { index: String(row.head_index), seq: Number(row.head_seq) },
      files: Number(row.files),
      bytes: Number(row.bytes),
      role: isRole(row.role) ? row.role : 'fetch',
    }));
  }

  save(peers: readonly KnownPeer[]): void {
    inTransaction(this.#database, () => {
      for (const { id, name, addresses, active, since, lastSeen, head, files, bytes, role } of peers) {
        const places = JSON.stringify(addresses.map(({ host, port }) => ({ host, port })));
        const flag = active ? 1 : 0;
        this.#put.run(
          id,
          name,
          places,
          flag,
          since,
          lastSeen,
          head?.index ?? null,
          head?.seq ?? null,
          files,
          bytes,
          role,
        );
      }
    });
  }

  delete(ids: readonly PeerId[]): void {
    inTransaction(this.#database, () => {
      for (const id of ids) this.#delete.run(id);
    });
  }
}

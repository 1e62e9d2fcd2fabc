import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { LinkStore, StoredLink } from '../../core/ports/link-store.ts';
import type { LinkId } from '../../core/trust/share-link.ts';
import { kindName, kindNumber, type Row } from './values.ts';

/** Links in a peer's database. */
export class SqliteLinkStore implements LinkStore {
  readonly #database: DatabaseSync;
  readonly #get: StatementSync;
  readonly #countUse: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#get = database.prepare('SELECT * FROM links WHERE id = ?');
    this.#countUse = database.prepare('UPDATE links SET used = used + 1 WHERE id = ?');
  }

  add({ id, kind, what, path, size, created, expires, revoked, used }: StoredLink): void {
    this.#database
      .prepare(
        'INSERT INTO links (id, kind, what, path, size, created, expires, revoked, used) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      )
      .run(id, kindNumber(kind), what, path, size ?? null, created, expires, revoked ?? null, used);
  }

  get(id: LinkId): StoredLink | undefined {
    const row = this.#get.get(id);
    return row && linkOf(row);
  }

  all(): readonly StoredLink[] {
    return this.#database.prepare('SELECT * FROM links ORDER BY created, rowid').all().map(linkOf);
  }

  revoke(id: LinkId, when: number): void {
    this.#database.prepare('UPDATE links SET revoked = ? WHERE id = ? AND revoked IS NULL').run(when, id);
  }

  countUse(id: LinkId): void {
    this.#countUse.run(id);
  }

  prune(before: number): void {
    this.#database.prepare('DELETE FROM links WHERE expires < ? OR revoked < ?').run(before, before);
  }
}

const linkOf = (row: Row): StoredLink => ({
  id: String(row.id),
  kind: kindName(row.kind),
  what: String(row.what),
  path: String(row.path),
  size: row.size === null ? undefined : Number(row.size),
  created: Number(row.created),
  expires: Number(row.expires),
  revoked: row.revoked === null ? undefined : Number(row.revoked),
  used: Number(row.used),
});

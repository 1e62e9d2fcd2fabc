import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { PeerId } from '../../core/ids.ts';
import type { PageMark, PageStore, SignedPage } from '../../core/ports/page-store.ts';
import { inTransaction } from './database.ts';

/** Kept pages in a peer's database. Their bodies are compressed: a third of JSON is left, for content ids do not shrink below half. */
export class SqlitePageStore implements PageStore {
  readonly #database: DatabaseSync;
  readonly #marks: StatementSync;
  readonly #read: StatementSync;
  readonly #cut: StatementSync;
  readonly #insert: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#marks = database.prepare(
      'SELECT index_id AS "index", since, reach, last, floor, records FROM pages WHERE owner = ? ORDER BY since',
    );
    this.#read = database.prepare('SELECT key, signature, body FROM pages WHERE owner = ? AND since = ?');
    this.#cut = database.prepare('DELETE FROM pages WHERE owner = ? AND since >= ?');
    this.#insert = database.prepare(
      `INSERT INTO pages (owner, since, index_id, reach, last, floor, records, key, signature, body)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
  }

  marks(owner: PeerId): readonly PageMark[] {
    return this.#marks.all(owner) as unknown as PageMark[];
  }

  read(owner: PeerId, since: number): SignedPage | undefined {
    const row = this.#read.get(owner, since) as unknown as SignedPage | undefined;
    return row && { key: row.key, signature: row.signature, body: inflateRawSync(row.body) };
  }

  keep(owner: PeerId, mark: PageMark, { key, signature, body }: SignedPage): void {
    const { index, since, reach, last, floor, records } = mark;
    const small = deflateRawSync(body, { level: 1 });
    inTransaction(this.#database, () => {
      this.#cut.run(owner, since);
      this.#insert.run(owner, since, index, reach, last, floor, records, key, signature, small);
    });
  }

  drop(owner: PeerId): void {
    this.#cut.run(owner, 0);
  }
}

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { JobId } from '../../core/job.ts';
import type { KeptEntry } from '../../core/mirror.ts';
import type { MirrorStore } from '../../core/ports/mirror-store.ts';
import { inTransaction, stored } from './database.ts';
import { contentBlob, contentText, type Row } from './values.ts';

/** What mirrors know of their folders, in the peer's database. */
export class SqliteMirrorStore implements MirrorStore {
  readonly #database: DatabaseSync;
  readonly #page: StatementSync;
  readonly #put: StatementSync;
  readonly #delete: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    // Nanoseconds are more than a number holds.
    this.#page = database.prepare(
      `SELECT relative, content, size, CAST(mtime AS TEXT) AS mtime, executable, here_size,
              CAST(here_mtime AS TEXT) AS here_mtime, brought, owner, path, log_index
         FROM mirror_entry WHERE job = ? AND relative > ? ORDER BY relative LIMIT ?`,
    );
    this.#put = database.prepare(
      `INSERT OR REPLACE INTO mirror_entry (job, relative, content, size, mtime, executable, here_size, here_mtime, brought, owner, path, log_index)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#delete = database.prepare('DELETE FROM mirror_entry WHERE job = ? AND relative = ?');
  }

  kept(job: JobId, after: string, limit: number): readonly KeptEntry[] {
    return this.#page.all(job, after, limit).map(entryOf);
  }

  keep(job: JobId, entries: readonly KeptEntry[]): void {
    stored(() =>
      inTransaction(this.#database, () => {
        for (const { relative, content, size, mtime, executable, here, brought, origin } of entries)
          this.#put.run(
            ...[job, relative, contentBlob(content), size, mtime, Number(executable), here.size, here.mtime],
            ...[Number(brought), origin.owner, origin.path, origin.index],
          );
      }),
    );
  }

  forget(job: JobId, relatives: readonly string[]): void {
    stored(() =>
      inTransaction(this.#database, () => {
        for (const relative of relatives) this.#delete.run(job, relative);
      }),
    );
  }
}

const entryOf = (row: Row): KeptEntry => ({
  relative: String(row.relative),
  kind: row.content === null ? 'folder' : 'file',
  size: Number(row.size),
  content: contentText(row.content),
  mtime: BigInt(String(row.mtime)),
  executable: row.executable === 1,
  here: { size: Number(row.here_size), mtime: BigInt(String(row.here_mtime)) },
  brought: row.brought === 1,
  origin: { owner: String(row.owner), path: String(row.path), index: String(row.log_index) },
});

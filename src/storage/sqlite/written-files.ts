import type { DatabaseSync } from 'node:sqlite';
import type { ContentId } from '../../core/ids.ts';
import type { LocalFile } from '../../core/ports/local-contents.ts';
import type { LocalFileStore, WrittenPlace } from '../../core/ports/local-file-store.ts';
import { inTransaction } from './database.ts';
import { writtenOf } from './local-rows.ts';
import { Statements } from './statements.ts';
import { contentBlob, signed } from './values.ts';

/** Files outside the shares that peerdex wrote, the newest ones, in a peer's database. */
export class WrittenFiles {
  readonly #database: DatabaseSync;
  readonly #statements: Statements;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#statements = new Statements(database);
  }

  put(files: readonly WrittenPlace[], now: number, keep: number): void {
    const put = this.#statements.of(PUT);
    inTransaction(this.#database, () => {
      for (const { content, root, relative, size, mtime, device, inode, hashes = null } of files)
        put.run(
          contentBlob(content),
          root,
          relative,
          size,
          mtime,
          signed(device),
          signed(inode),
          now,
          hashes,
        );
      this.#dropOldest(keep);
    });
  }

  remove(root: string, relative: string): void {
    this.#statements.of('DELETE FROM written_files WHERE root = ? AND relative = ?').run(root, relative);
  }

  of(content: ContentId): readonly LocalFile[] {
    return this.#statements
      .all(`SELECT * FROM written_files WHERE ${IS}`, contentBlob(content))
      .map(writtenOf);
  }

  hashesOf(content: ContentId): ReturnType<LocalFileStore['writtenHashes']> {
    const [row] = this.#statements.all(
      `SELECT size, hashes FROM written_files WHERE ${IS} AND hashes NOT NULL LIMIT 1`,
      contentBlob(content),
    );
    return row && { size: Number(row.size), hashes: row.hashes as Uint8Array };
  }

  /** Finding the oldest that may stay means walking over all that do, so that it is done only when some more than those have gathered. */
  #dropOldest(keep: number): void {
    const { span } = this.#statements.all(
      'SELECT (SELECT max(id) FROM written_files) - (SELECT min(id) FROM written_files) + 1 AS span',
    )[0]!;
    if (Number(span) <= keep + Math.floor(keep / 64)) return;
    this.#statements
      .of(
        'DELETE FROM written_files WHERE id <= (SELECT id FROM written_files ORDER BY id DESC LIMIT 1 OFFSET ?)',
      )
      .run(keep);
  }
}

/** As the index has it. */
const IS = 'substr(content, 1, 6) = substr(?1, 1, 6) AND content = ?1';

/** What stood under that name goes, and the row is the newest. */
const PUT = `INSERT OR REPLACE INTO written_files (content, root, relative, size, mtime, device, inode, stamp, hashes)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;

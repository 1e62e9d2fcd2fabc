import type { PendingFile } from '../../core/ports/local-file-store.ts';
import type { Statements } from './statements.ts';

/** Files in shares that wait to be hashed, in a peer's database. */
export class PendingFiles {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  /** By rising id, those above `after`. */
  next(share: number, limit: number, after: number): readonly PendingFile[] {
    return this.#statements.all(NEXT, share, after, limit).map((row) => ({
      id: Number(row.id),
      share: Number(row.share),
      parent: row.parent as string,
      name: row.name as string,
      size: Number(row.size),
      mtime: row.mtime as bigint,
    }));
  }

  /** How much waits. */
  sum(share: number): { readonly files: number; readonly bytes: number } {
    const [row] = this.#statements.all(
      'SELECT count(*) AS files, coalesce(sum(size), 0) AS bytes FROM local_files WHERE share = ? AND state = 1',
      share,
    );
    return { files: Number(row!.files), bytes: Number(row!.bytes) };
  }

  /** What was deferred waits again; how many. */
  retryDeferred(share: number): number {
    return Number(
      this.#statements.of('UPDATE local_files SET state = 1 WHERE share = ? AND state = 2').run(share)
        .changes,
    );
  }
}

const NEXT = `SELECT id, share, parent, name, size, mtime FROM local_files
  WHERE share = ? AND state = 1 AND id > ? ORDER BY id LIMIT ?`;

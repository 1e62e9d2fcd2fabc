import type { DatabaseSync } from 'node:sqlite';
import type { Rotten, VerifiedFile, VerifyState, VerifyStore } from '../../core/ports/verify-store.ts';
import { stored } from './database.ts';
import { localOf } from './local-rows.ts';
import { Statements } from './statements.ts';

/** In a peer's database. */
export class SqliteVerifyStore implements VerifyStore {
  readonly #statements: Statements;

  constructor(database: DatabaseSync) {
    this.#statements = new Statements(database);
  }

  state(share: number): VerifyState {
    const [row] = this.#statements.all(
      'SELECT verify_after, verify_began, verified FROM shares WHERE id = ?',
      share,
    );
    const after = row?.verify_after ?? undefined;
    return {
      underWay: after === undefined ? undefined : { after: Number(after), began: Number(row?.verify_began) },
      ended: row?.verified == null ? undefined : Number(row.verified),
    };
  }

  setState(share: number, { underWay, ended }: VerifyState): void {
    const set = this.#statements.of(
      'UPDATE shares SET verify_after = ?, verify_began = ?, verified = ? WHERE id = ?',
    );
    stored(() => set.run(underWay?.after ?? null, underWay?.began ?? null, ended ?? null, share));
  }

  filesAfter(share: number, id: number, limit: number): readonly VerifiedFile[] {
    return this.#statements
      .all(
        `SELECT * FROM local_files WHERE id > ? AND share = ? AND kind = 0 AND state IN (0, 4)
       AND content IS NOT NULL ORDER BY id LIMIT ?`,
        id,
        share,
        limit,
      )
      .map((row) => ({ id: Number(row.id), entry: localOf(row) }));
  }

  totalsUpTo(share: number, id: number): { readonly files: number; readonly bytes: number } {
    const [row] = this.#statements.all(
      `SELECT count(*) AS files, coalesce(sum(size), 0) AS bytes FROM local_files
       WHERE id <= ? AND share = ? AND kind = 0 AND state IN (0, 4) AND content IS NOT NULL`,
      id,
      share,
    );
    return { files: Number(row!.files), bytes: Number(row!.bytes) };
  }

  rotten(share: number): Rotten {
    const [row] = this.#statements.all(
      'SELECT count(*) AS count FROM local_files WHERE share = ? AND state = 4',
      share,
    );
    return { count: Number(row!.count), first: this.rottenFiles(share, 1)[0] };
  }

  rottenFiles(share: number, limit: number): readonly string[] {
    return this.#statements
      .all(
        'SELECT parent, name FROM local_files WHERE share = ? AND state = 4 ORDER BY id LIMIT ?',
        share,
        limit,
      )
      .map(({ parent, name }) => (parent === '' ? `${name}` : `${parent}/${name}`));
  }
}

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { FolderMemory, FolderPrint, ScanMemory } from '../../core/ports/scan-memory.ts';
import { inTransaction } from './database.ts';

/** In a peer's database, where triggers take prints away. Works on a read-only connection too, for reading. */
export class SqliteScanMemory implements ScanMemory {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  folder(share: number, folder: string): FolderMemory | undefined {
    const row = this.#statement(
      'SELECT version, print FROM folder_prints WHERE share = ? AND parent = ?',
    ).get(share, folder);
    return row && { version: row.version as bigint, print: (row.print ?? undefined) as bigint | undefined };
  }

  keep(share: number, prints: readonly FolderPrint[]): void {
    inTransaction(this.#database, () => {
      for (const { folder, version, print } of prints) {
        // A folder that is met for the first time gets a number to tell writes by; its print counts from the next comparison on.
        if (version === undefined)
          this.#statement(
            'INSERT OR IGNORE INTO folder_prints (share, parent, version) VALUES (?, ?, random() >> 2)',
          ).run(share, folder);
        else
          this.#statement(
            'UPDATE folder_prints SET print = ? WHERE share = ? AND parent = ? AND version = ?',
          ).run(print, share, folder, version);
      }
    });
  }

  mounts(share: number): readonly string[] {
    return this.#statement('SELECT folder FROM share_mounts WHERE share = ? ORDER BY folder')
      .all(share)
      .map((row) => row.folder as string);
  }

  setMounts(share: number, folders: readonly string[]): void {
    const known = this.mounts(share);
    if (known.length === folders.length && known.every((folder) => folders.includes(folder))) return;
    inTransaction(this.#database, () => {
      this.#statement('DELETE FROM share_mounts WHERE share = ?').run(share);
      for (const folder of folders)
        this.#statement('INSERT INTO share_mounts (share, folder) VALUES (?, ?)').run(share, folder);
    });
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      statement.setReadBigInts(true);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

import type { DatabaseSync } from 'node:sqlite';
import type { FolderMemory, FolderPrint, ScanMemory } from '../../core/ports/scan-memory.ts';
import { inTransaction } from './database.ts';
import { Statements } from './statements.ts';

/** In a peer's database, where triggers take prints away. Works on a read-only connection too, for reading. */
export class SqliteScanMemory implements ScanMemory {
  readonly #database: DatabaseSync;
  readonly #statements: Statements;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#statements = new Statements(database);
  }

  folder(share: number, folder: string): FolderMemory | undefined {
    const row = this.#statements
      .of('SELECT version, print FROM folder_prints WHERE share = ? AND parent = ?')
      .get(share, folder);
    return row && { version: row.version as bigint, print: (row.print ?? undefined) as bigint | undefined };
  }

  keep(share: number, prints: readonly FolderPrint[]): void {
    inTransaction(this.#database, () => {
      for (const { folder, version, print } of prints) {
        // A folder that is met for the first time gets a number to tell writes by; its print counts from the next comparison on.
        if (version === undefined)
          this.#statements
            .of('INSERT OR IGNORE INTO folder_prints (share, parent, version) VALUES (?, ?, random() >> 2)')
            .run(share, folder);
        else
          this.#statements
            .of('UPDATE folder_prints SET print = ? WHERE share = ? AND parent = ? AND version = ?')
            .run(print, share, folder, version);
      }
    });
  }

  mounts(share: number): readonly string[] {
    return this.#statements
      .of('SELECT folder FROM share_mounts WHERE share = ? ORDER BY folder')
      .all(share)
      .map((row) => row.folder as string);
  }

  setMounts(share: number, folders: readonly string[]): void {
    const known = this.mounts(share);
    if (known.length === folders.length && known.every((folder) => folders.includes(folder))) return;
    inTransaction(this.#database, () => {
      this.#statements.of('DELETE FROM share_mounts WHERE share = ?').run(share);
      for (const folder of folders)
        this.#statements.of('INSERT INTO share_mounts (share, folder) VALUES (?, ?)').run(share, folder);
    });
  }
}

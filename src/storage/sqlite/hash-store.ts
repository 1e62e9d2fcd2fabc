import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Clock } from '../../core/clock.ts';
import type { ContentId } from '../../core/ids.ts';
import type { Manifest } from '../../core/manifest.ts';
import type { HashKeeper } from '../../core/ports/local-contents.ts';
import { inTransaction, stored } from './database.ts';
import { contentBlob, contentText, type Row } from './values.ts';

/** Manifests and leaf hashes in a peer's database. */
export class SqliteHashStore implements HashKeeper {
  readonly #database: DatabaseSync;
  readonly #clock: Clock;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  manifest(content: ContentId): Manifest | undefined {
    const row = this.#statement('SELECT size, groups FROM manifests WHERE content = ?').get(
      contentBlob(content),
    ) as Row | undefined;
    return row && { size: row.size as number, groups: row.groups as Uint8Array };
  }

  leaves(content: ContentId, group: number): Uint8Array | undefined {
    return this.#statement('SELECT leaves FROM leaves WHERE content = ? AND number = ?').get(
      contentBlob(content),
      group,
    )?.leaves as Uint8Array | undefined;
  }

  putManifest(content: ContentId, manifest: Manifest): void {
    const put = this.#statement(
      'INSERT OR REPLACE INTO manifests (content, size, groups, stamp) VALUES (?, ?, ?, ?)',
    );
    stored(() => put.run(contentBlob(content), manifest.size, manifest.groups, this.#clock.now()));
  }

  putLeaves(content: ContentId, group: number, leaves: Uint8Array): void {
    const put = this.#statement('INSERT OR REPLACE INTO leaves (content, number, leaves) VALUES (?, ?, ?)');
    stored(() => put.run(contentBlob(content), group, leaves));
  }

  older(before: number, after: ContentId, limit: number): readonly ContentId[] {
    return this.#statement(
      'SELECT content FROM manifests WHERE content > ? AND stamp < ? ORDER BY content LIMIT ?',
    )
      .all(contentBlob(after), before, limit)
      .map((row) => contentText(row.content)!);
  }

  drop(content: ContentId): void {
    inTransaction(this.#database, () => {
      this.#statement('DELETE FROM leaves WHERE content = ?').run(contentBlob(content));
      this.#statement('DELETE FROM manifests WHERE content = ?').run(contentBlob(content));
    });
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

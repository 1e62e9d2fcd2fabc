import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { PeerdexError } from '../../core/errors.ts';
import type { ContentId } from '../../core/ids.ts';
import type { LocalFile } from '../../core/ports/local-contents.ts';
import type {
  FileLook,
  LocalEntry,
  LocalFileStore,
  NumberedEntry,
  PendingFile,
  RootIdentity,
  ShareRecord,
} from '../../core/ports/local-file-store.ts';
import { inTransaction } from './database.ts';
import { localOf, shareOf, stateNumber, writtenOf } from './local-rows.ts';
import { PlacesOf } from './places-of.ts';
import { contentBlob, kindNumber, type Row, signed } from './values.ts';

/** What the scanner remembers, in a peer's database. Works on a read-only connection too, for reading. */
export class SqliteLocalFiles implements LocalFileStore {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #places: PlacesOf | undefined;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  shares(): readonly ShareRecord[] {
    return this.#all('SELECT * FROM shares ORDER BY id').map(shareOf);
  }

  addShare(name: string, path: string): ShareRecord {
    const taken = this.#all('SELECT name, path FROM shares WHERE name = ? OR path = ?', name, path)[0];
    if (taken) {
      throw new PeerdexError('conflict', `a share ${taken.name} of ${taken.path} is there already`);
    }
    this.#statement('INSERT INTO shares (name, path) VALUES (?, ?)').run(name, path);
    return shareOf(this.#all('SELECT * FROM shares WHERE name = ?', name)[0]!);
  }

  setRoot(share: number, { device, inode, birth, marker }: RootIdentity): void {
    this.#statement('UPDATE shares SET device = ?, inode = ?, birth = ?, marker = ? WHERE id = ?').run(
      signed(device),
      signed(inode),
      birth ?? null,
      marker ?? null,
      share,
    );
  }

  setPaused(share: number, paused: boolean): void {
    this.#statement('UPDATE shares SET paused = ? WHERE id = ?').run(paused ? 1 : 0, share);
  }

  removeShare(share: number): void {
    this.#statement('DELETE FROM shares WHERE id = ?').run(share);
  }

  get(share: number, parent: string, name: string): LocalEntry | undefined {
    return this.#locals('WHERE share = ? AND parent = ? AND name = ?', share, parent, name)[0];
  }

  byId(id: number): LocalEntry | undefined {
    return this.#locals('WHERE id = ?', id)[0];
  }

  put(entry: LocalEntry): void {
    inTransaction(this.#database, () => {
      this.#uncount(entry);
      this.#statement(PUT).run(
        entry.share,
        entry.parent,
        entry.name,
        kindNumber(entry.kind),
        entry.size,
        entry.mtime,
        signed(entry.device),
        signed(entry.inode),
        entry.executable ? 1 : 0,
        contentBlob(entry.content),
        entry.stamp,
        stateNumber(entry.state),
      );
      this.#count(entry);
    });
  }

  remove(share: number, parent: string, name: string): void {
    inTransaction(this.#database, () => {
      this.#uncount({ share, parent, name });
      this.#statement('DELETE FROM local_files WHERE share = ? AND parent = ? AND name = ?').run(
        share,
        parent,
        name,
      );
    });
  }

  directory(share: number, parent: string): readonly LocalEntry[] {
    return this.#locals('WHERE share = ? AND parent = ? AND state <> 3', share, parent);
  }

  below(share: number, folder: string, limit: number): readonly LocalEntry[] {
    const direct = this.#locals(
      'WHERE share = ? AND parent = ? AND state <> 3 LIMIT ?',
      share,
      folder,
      limit,
    );
    if (direct.length === limit) return direct;
    const [from, to] = folder === '' ? ['\u0001', '\u{10ffff}'] : [`${folder}/`, `${folder}0`];
    return [
      ...direct,
      ...this.#locals(
        'WHERE share = ? AND parent >= ? AND parent < ? AND state <> 3 LIMIT ?',
        share,
        from,
        to,
        limit - direct.length,
      ),
    ];
  }

  pending(share: number, limit: number): readonly PendingFile[] {
    return this.#all(
      'SELECT id, share, parent, name, size FROM local_files WHERE share = ? AND state = 1 ORDER BY id LIMIT ?',
      share,
      limit,
    ).map((row) => ({
      id: Number(row.id),
      share: Number(row.share),
      parent: row.parent as string,
      name: row.name as string,
      size: Number(row.size),
    }));
  }

  waiting(share: number): { readonly files: number; readonly bytes: number } {
    const [row] = this.#all(
      'SELECT count(*) AS files, coalesce(sum(size), 0) AS bytes FROM local_files WHERE share = ? AND state = 1',
      share,
    );
    return { files: Number(row!.files), bytes: Number(row!.bytes) };
  }

  settledAfter(share: number, id: number, limit: number): readonly NumberedEntry[] {
    return this.#all(
      'SELECT * FROM local_files WHERE share = ? AND id > ? AND state = 0 ORDER BY id LIMIT ?',
      share,
      id,
      limit,
    ).map((row) => ({ id: Number(row.id), ...localOf(row) }));
  }

  retryDeferred(share: number): number {
    return Number(
      this.#statement('UPDATE local_files SET state = 1 WHERE share = ? AND state = 2').run(share).changes,
    );
  }

  forget(share: number, limit: number, which: { readonly goneBefore: number } | 'all'): number {
    return inTransaction(this.#database, () => {
      const rows =
        which === 'all'
          ? this.#locals('WHERE share = ? LIMIT ?', share, limit)
          : this.#locals(
              'WHERE share = ? AND state = 3 AND stamp < ? LIMIT ?',
              share,
              which.goneBefore,
              limit,
            );
      for (const row of rows) this.remove(row.share, row.parent, row.name);
      return rows.length;
    });
  }

  sameLook(look: FileLook): LocalEntry | undefined {
    if (look.inode === 0n) return undefined;
    return this.#locals(
      `WHERE inode = ? AND device = ? AND size = ? AND mtime = ? AND kind = 0 AND content IS NOT NULL
         AND state IN (0, 3) LIMIT 1`,
      signed(look.inode),
      signed(look.device),
      look.size,
      look.mtime,
    )[0];
  }

  byContent(content: ContentId): readonly LocalEntry[] {
    return this.#locals('WHERE content = ? AND state < 3', contentBlob(content));
  }

  putWritten(files: readonly LocalFile[], now: number, keep: number): void {
    const put = this.#statement(PUT_WRITTEN);
    inTransaction(this.#database, () => {
      for (const { content, root, relative, size, mtime, device, inode } of files)
        put.run(contentBlob(content), root, relative, size, mtime, signed(device), signed(inode), now);
      this.#dropOldestWritten(keep);
    });
  }

  /** Finding the oldest that may stay means walking over all that do, so that it is done only when some more than those have gathered. */
  #dropOldestWritten(keep: number): void {
    const { span } = this.#all(
      'SELECT (SELECT max(id) FROM written_files) - (SELECT min(id) FROM written_files) + 1 AS span',
    )[0]!;
    if (Number(span) <= keep + Math.floor(keep / 64)) return;
    this.#statement(
      'DELETE FROM written_files WHERE id <= (SELECT id FROM written_files ORDER BY id DESC LIMIT 1 OFFSET ?)',
    ).run(keep);
  }

  removeWritten(root: string, relative: string): void {
    this.#statement('DELETE FROM written_files WHERE root = ? AND relative = ?').run(root, relative);
  }

  written(content: ContentId): readonly LocalFile[] {
    return this.#all('SELECT * FROM written_files WHERE content = ?', contentBlob(content)).map(writtenOf);
  }

  placesOf(contents: readonly ContentId[]): readonly (readonly LocalFile[])[] {
    this.#places ??= new PlacesOf(this.#database);
    return this.#places.of(contents);
  }

  /** Takes what stands there out of the counts. */
  #uncount({ share, parent, name }: Pick<LocalEntry, 'share' | 'parent' | 'name'>): void {
    this.#statement(UNCOUNT).run(share, parent, name);
  }

  #count({ share, kind, content, size, state }: LocalEntry): void {
    if (kind !== 'file' || content === undefined || state === 'gone' || state === 'rotten') return;
    this.#statement('UPDATE shares SET files = files + 1, bytes = bytes + ? WHERE id = ?').run(size, share);
  }

  #locals(where: string, ...values: readonly Value[]): LocalEntry[] {
    return this.#all(`SELECT * FROM local_files ${where}`, ...values).map(localOf);
  }

  #all(sql: string, ...values: readonly Value[]): Row[] {
    return this.#statement(sql).all(...values) as Row[];
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

/** Does nothing where no file of known content stands. */
const UNCOUNT = `UPDATE shares SET files = files - 1, bytes = bytes - seen.size
  FROM (SELECT share, size FROM local_files WHERE share = ? AND parent = ? AND name = ?
    AND kind = 0 AND content IS NOT NULL AND state < 3) AS seen
  WHERE shares.id = seen.share`;

/** What stood under that name goes, and the row is the newest. */
const PUT_WRITTEN = `INSERT OR REPLACE INTO written_files (content, root, relative, size, mtime, device, inode, stamp)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;

type Value = string | number | bigint | Uint8Array | null;

const PUT = `INSERT INTO local_files
  (share, parent, name, kind, size, mtime, device, inode, executable, content, stamp, state)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (share, parent, name) DO UPDATE SET kind = excluded.kind, size = excluded.size,
    mtime = excluded.mtime, device = excluded.device, inode = excluded.inode, executable = excluded.executable,
    content = excluded.content, stamp = excluded.stamp, state = excluded.state`;

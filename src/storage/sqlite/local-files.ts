import type { DatabaseSync } from 'node:sqlite';
import type { ContentId } from '../../core/ids.ts';
import type { FilePlace, LocalFile } from '../../core/ports/local-contents.ts';
import type {
  FileLook,
  LocalEntry,
  LocalFileStore,
  NumberedEntry,
  PendingFile,
  RootIdentity,
  ShareRecord,
  WrittenPlace,
} from '../../core/ports/local-file-store.ts';
import { inTransaction } from './database.ts';
import { localOf, stateNumber } from './local-rows.ts';
import { NearPlaces } from './near-places.ts';
import { PendingFiles } from './pending-files.ts';
import { PlacesOf } from './places-of.ts';
import { ShareRecords } from './share-records.ts';
import { Statements } from './statements.ts';
import { contentBlob, kindNumber, type Row, signed, type Value } from './values.ts';
import { WrittenFiles } from './written-files.ts';

/** What the scanner remembers, in a peer's database. Works on a read-only connection too, for reading. */
export class SqliteLocalFiles implements LocalFileStore {
  readonly #database: DatabaseSync;
  readonly #statements: Statements;
  readonly #shares: ShareRecords;
  readonly #pending: PendingFiles;
  readonly #written: WrittenFiles;
  #places: PlacesOf | undefined;
  #near: NearPlaces | undefined;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#statements = new Statements(database);
    this.#shares = new ShareRecords(this.#statements);
    this.#pending = new PendingFiles(this.#statements);
    this.#written = new WrittenFiles(database);
  }

  shares(): readonly ShareRecord[] {
    return this.#shares.all();
  }

  addShare(name: string, path: string): ShareRecord {
    return this.#shares.add(name, path);
  }

  setRoot(share: number, root: RootIdentity): void {
    this.#shares.setRoot(share, root);
  }

  setPaused(share: number, paused: boolean): void {
    this.#shares.setPaused(share, paused);
  }

  removeShare(share: number): void {
    this.#shares.remove(share);
  }

  get(share: number, parent: string, name: string): LocalEntry | undefined {
    return this.#local(
      'SELECT * FROM local_files WHERE share = ? AND parent = ? AND name = ?',
      share,
      parent,
      name,
    );
  }

  byId(id: number): LocalEntry | undefined {
    return this.#local('SELECT * FROM local_files WHERE id = ?', id);
  }

  put(entry: LocalEntry): void {
    inTransaction(this.#database, () => {
      this.replace(this.get(entry.share, entry.parent, entry.name), entry);
    });
  }

  replace(before: LocalEntry | undefined, entry: LocalEntry): void {
    inTransaction(this.#database, () => {
      const { share, parent, name } = entry;
      const [content, state] = [contentBlob(entry.content), stateNumber(entry.state)];
      if (before && looksSame(before, entry)) {
        this.#statements.of(SETTLE).run(content, entry.stamp, state, share, parent, name);
      } else {
        this.#statements
          .of(PUT)
          .run(
            ...[share, parent, name, kindNumber(entry.kind), entry.size, entry.mtime],
            ...[signed(entry.device), signed(entry.inode), entry.executable ? 1 : 0],
            ...[content, entry.stamp, state],
          );
      }
      this.#shares.count(share, before, entry);
    });
  }

  remove(share: number, parent: string, name: string): void {
    inTransaction(this.#database, () => {
      this.#shares.count(share, this.get(share, parent, name), undefined);
      this.#statements
        .of('DELETE FROM local_files WHERE share = ? AND parent = ? AND name = ?')
        .run(share, parent, name);
    });
  }

  directory(share: number, parent: string): readonly LocalEntry[] {
    return this.#locals(
      'SELECT * FROM local_files WHERE share = ? AND parent = ? AND state <> 3',
      share,
      parent,
    );
  }

  below(share: number, folder: string, limit: number): readonly LocalEntry[] {
    const direct = this.#locals(
      'SELECT * FROM local_files WHERE share = ? AND parent = ? AND state <> 3 LIMIT ?',
      share,
      folder,
      limit,
    );
    if (direct.length === limit) return direct;
    const [from, to] = folder === '' ? ['\u0001', '\u{10ffff}'] : [`${folder}/`, `${folder}0`];
    return [
      ...direct,
      ...this.#locals(
        'SELECT * FROM local_files WHERE share = ? AND parent >= ? AND parent < ? AND state <> 3 LIMIT ?',
        share,
        from,
        to,
        limit - direct.length,
      ),
    ];
  }

  pending(share: number, limit: number, after = 0): readonly PendingFile[] {
    return this.#pending.next(share, limit, after);
  }

  waiting(share: number): { readonly files: number; readonly bytes: number } {
    return this.#pending.sum(share);
  }

  retryDeferred(share: number): number {
    return this.#pending.retryDeferred(share);
  }

  settledAfter(share: number, id: number, limit: number): readonly NumberedEntry[] {
    return this.#statements
      .all(
        'SELECT * FROM local_files WHERE share = ? AND id > ? AND state = 0 ORDER BY id LIMIT ?',
        share,
        id,
        limit,
      )
      .map((row) => ({ id: Number(row.id), ...localOf(row) }));
  }

  forget(share: number, limit: number, which: { readonly goneBefore: number } | 'all'): number {
    return inTransaction(this.#database, () => {
      const rows =
        which === 'all'
          ? this.#locals('SELECT * FROM local_files WHERE share = ? LIMIT ?', share, limit)
          : this.#locals(
              'SELECT * FROM local_files WHERE share = ? AND state = 3 AND stamp < ? LIMIT ?',
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
    return this.#local(
      `SELECT * FROM local_files WHERE inode = ? AND device = ? AND size = ? AND mtime = ? AND kind = 0 AND content IS NOT NULL
         AND state IN (0, 3) LIMIT 1`,
      signed(look.inode),
      signed(look.device),
      look.size,
      look.mtime,
    );
  }

  byContent(content: ContentId): readonly LocalEntry[] {
    return this.#locals('SELECT * FROM local_files WHERE content = ? AND state < 3', contentBlob(content));
  }

  putWritten(files: readonly WrittenPlace[], now: number, keep: number): void {
    this.#written.put(files, now, keep);
  }

  removeWritten(root: string, relative: string): void {
    this.#written.remove(root, relative);
  }

  written(content: ContentId): readonly LocalFile[] {
    return this.#written.of(content);
  }

  writtenHashes(content: ContentId): ReturnType<LocalFileStore['writtenHashes']> {
    return this.#written.hashesOf(content);
  }

  placesOf(contents: readonly ContentId[]): readonly (readonly LocalFile[])[] {
    this.#places ??= new PlacesOf(this.#database, this.#written);
    return this.#places.of(contents);
  }

  placeOfEach(contents: readonly ContentId[]): readonly (FilePlace | undefined)[] {
    this.#near ??= new NearPlaces(this.#database, (rest) => this.placesOf(rest));
    return this.#near.of(contents);
  }

  #locals(sql: string, ...values: readonly Value[]): LocalEntry[] {
    return this.#statements.all(sql, ...values).map(localOf);
  }

  #local(sql: string, ...values: readonly Value[]): LocalEntry | undefined {
    const row = this.#statements.of(sql).get(...values) as Row | undefined;
    return row && localOf(row);
  }
}

const looksSame = (a: LocalEntry, b: LocalEntry): boolean =>
  a.kind === b.kind &&
  a.size === b.size &&
  a.mtime === b.mtime &&
  a.device === b.device &&
  a.inode === b.inode &&
  a.executable === b.executable;

const PUT = `INSERT INTO local_files
  (share, parent, name, kind, size, mtime, device, inode, executable, content, stamp, state)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (share, parent, name) DO UPDATE SET kind = excluded.kind, size = excluded.size,
    mtime = excluded.mtime, device = excluded.device, inode = excluded.inode, executable = excluded.executable,
    content = excluded.content, stamp = excluded.stamp, state = excluded.state`;

/** Of one that looks as it did: no index of the others is touched. */
const SETTLE = `UPDATE local_files SET content = ?, stamp = ?, state = ?
  WHERE share = ? AND parent = ? AND name = ?`;

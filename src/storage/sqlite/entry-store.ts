import type { LogRecord } from '../../core/entry.ts';
import type { PeerId } from '../../core/ids.ts';
import { baseName, foldName, type IndexPath, parentPath } from '../../core/index-path.ts';
import type { Cursor, EntryStore, LogPosition, SnapshotProgress } from '../../core/ports/entry-store.ts';
import { inTransaction } from './database.ts';
import { SqliteEntryQueries } from './entry-queries.ts';
import { contentBlob, kindNumber, type Row } from './values.ts';

/** The entries of all owners in a peer's database. */
export class SqliteEntryStore extends SqliteEntryQueries implements EntryStore {
  transaction<T>(work: () => T): T {
    return inTransaction(this.database, work);
  }

  addOwner(owner: PeerId, position: LogPosition, now: number): void {
    this.statements
      .of(
        'INSERT INTO owners (peer, index_id, seq, floor, updated) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
      )
      .run(owner, position.index, position.seq, position.floor, now);
  }

  put(owner: PeerId, records: readonly LogRecord[], now: number, fresh?: ReadonlySet<IndexPath>): void {
    const number = this.numbering.of(owner);
    this.transaction(() => {
      const generation = this.statements.first('SELECT generation FROM owners WHERE id = ?', number)
        ?.generation as number;
      const counts = new Counts();
      let { last } = this.numbers();
      for (const record of records) {
        const parent = parentPath(record.path);
        const name = baseName(record.path);
        const kind = kindNumber(record.kind);
        const old = fresh?.has(record.path) ? undefined : this.statements.first(OLD, number, parent, name);
        if (old) counts.remove(old);
        counts.add({
          flag: record.flag,
          kind,
          size: record.size,
          path_bytes: Buffer.byteLength(record.path),
        });
        const { size, mtime, seq } = record;
        const [executable, content] = [record.executable ? 1 : 0, contentBlob(record.content)];
        const id = old && isSame(old, record, kind) ? (old.id as number) : ++last;
        const values = [id, kind, size, mtime, executable, content, record.flag, seq, generation, now];
        if (old) this.statements.of(UPDATE).run(...values, old.id as number);
        else this.statements.of(INSERT).run(...values, number, parent, name, foldName(name));
      }
      this.statements.of('UPDATE entry_numbers SET last = ?').run(last);
      this.#count(number, counts);
    });
  }

  setPosition(owner: PeerId, { index, seq, floor, snapshot, jumps }: LogPosition, now: number): void {
    this.statements
      .of(
        `UPDATE owners SET index_id = ?, seq = ?, floor = ?, updated = ?,
         snapshot_index = ?, snapshot_seq = ?, snapshot_floor = ?, snapshot_last = ?, jumps = ? WHERE peer = ?`,
      )
      .run(
        index,
        seq,
        floor,
        now,
        snapshot?.index ?? null,
        snapshot?.seq ?? 0,
        snapshot?.floor ?? 0,
        snapshot?.last ?? 0,
        jumps ? JSON.stringify(jumps) : null,
        owner,
      );
  }

  beginSnapshot(owner: PeerId, progress: SnapshotProgress, now: number): void {
    this.statements
      .of(
        `UPDATE owners SET generation = generation + 1, updated = ?,
         snapshot_index = ?, snapshot_seq = ?, snapshot_floor = ?, snapshot_last = ? WHERE peer = ?`,
      )
      .run(now, progress.index, progress.seq, progress.floor, progress.last, owner);
  }

  sweep(owner: PeerId, limit: number, from: Cursor = '0 0'): Cursor | undefined {
    const number = this.numbering.of(owner);
    const [seq, id] = from.split(' ').map(Number) as [number, number];
    const place = 'owner = ?1 AND (seq, id) > (?2, ?3)';
    const end = this.statements.first(
      `SELECT seq, id FROM entries WHERE ${place} ORDER BY seq, id LIMIT 1 OFFSET ?4`,
      ...[number, seq, id, limit - 1],
    );
    const [endSeq, endId] = end ? [end.seq as number, end.id as number] : [Number.MAX_SAFE_INTEGER, 0];
    this.#remove(
      number,
      `SELECT id, seq, ${COUNTED} FROM entries WHERE ${place} AND (seq, id) <= (?4, ?5)
         AND generation < (SELECT generation FROM owners WHERE id = ?1)`,
      ...[seq, id, endSeq, endId],
    );
    return end && `${endSeq} ${endId}`;
  }

  dropDeletions(owner: PeerId, upTo: number, stampedBefore: number, limit: number): readonly number[] {
    return this.#remove(
      this.numbering.of(owner),
      `SELECT id, seq, ${COUNTED} FROM entries
       WHERE owner = ? AND seq <= ? AND stamp < ? AND flag = 0 ORDER BY seq LIMIT ?`,
      upTo,
      stampedBefore,
      limit,
    ).map((row) => row.seq as number);
  }

  dropOwner(owner: PeerId, limit: number): boolean {
    const number = this.numbering.of(owner);
    const removed = this.#remove(
      number,
      `SELECT id, seq, ${COUNTED} FROM entries WHERE owner = ? LIMIT ?`,
      limit,
    );
    if (removed.length === limit) return false;
    this.statements.of('DELETE FROM owners WHERE id = ?').run(number);
    this.numbering.forget(owner);
    return true;
  }

  #remove(owner: number, select: string, ...values: readonly number[]): Row[] {
    return this.transaction(() => {
      const rows = this.statements.all(select, owner, ...values);
      const counts = new Counts();
      for (const row of rows) {
        counts.remove(row);
        this.statements.of('DELETE FROM entries WHERE id = ?').run(row.id as number);
      }
      if (rows.length > 0) {
        this.statements.of('UPDATE entry_numbers SET last = last + 1').run();
        this.#count(owner, counts);
      }
      return rows;
    });
  }

  #count(owner: number, { files, bytes, folders, records, pathBytes }: Counts): void {
    this.statements
      .of(
        `UPDATE owners SET files = files + ?, bytes = bytes + ?, folders = folders + ?, records = records + ?,
         path_bytes = path_bytes + ? WHERE id = ?`,
      )
      .run(files, bytes, folders, records, pathBytes, owner);
  }
}

/** What a row adds to its owner's counts. */
const COUNTED = `flag, kind, size, octet_length(parent) + (parent <> '') + octet_length(name) AS path_bytes`;

const OLD = `SELECT id, CAST(mtime AS TEXT) AS mtime, lower(hex(content)) AS content, ${COUNTED} FROM entries
  WHERE owner = ? AND parent = ? AND name = ?`;

const INSERT = `INSERT INTO entries
  (id, kind, size, mtime, executable, content, flag, seq, generation, stamp, owner, parent, name, folded)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

const UPDATE = `UPDATE entries SET id = ?, kind = ?, size = ?, mtime = ?, executable = ?, content = ?, flag = ?, seq = ?,
  generation = ?, stamp = ? WHERE id = ?`;

/** True where a search finds of the record what it finds of the row. */
const isSame = (row: Row, { flag, size, mtime, content = '' }: LogRecord, kind: number): boolean =>
  row.flag === flag &&
  row.kind === kind &&
  row.size === size &&
  row.mtime === String(mtime) &&
  row.content === content;

/** How an owner's counts change. */
class Counts {
  files = 0;
  bytes = 0;
  folders = 0;
  records = 0;
  pathBytes = 0;

  add(row: Row): void {
    this.#change(row, 1);
  }

  remove(row: Row): void {
    this.#change(row, -1);
  }

  #change(row: Row, by: 1 | -1): void {
    this.records += by;
    this.pathBytes += by * (row.path_bytes as number);
    if (row.flag !== 1) return;
    if (row.kind === 1) this.folders += by;
    else {
      this.files += by;
      this.bytes += by * (row.size as number);
    }
  }
}

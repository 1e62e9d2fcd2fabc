import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { ErrorCode } from '../../core/errors.ts';
import type { ContentId } from '../../core/ids.ts';
import type { ItemState, JobId, JobItem, JobRecord, JobTotals, StoredJobState } from '../../core/job.ts';
import { LEAF_BYTES } from '../../core/leaf-layout.ts';
import type { MirrorOptions } from '../../core/mirror.ts';
import type { JobStore, WhichItems } from '../../core/ports/job-store.ts';
import type { WantedItem } from '../../core/wanted.ts';
import { inTransaction, stored } from './database.ts';
import { contentBlob, type Row } from './values.ts';

/** Jobs in the peer's database. */
export class SqliteJobStore implements JobStore {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  create(job: JobRecord, items: readonly WantedItem[]): void {
    inTransaction(this.#database, () => {
      this.#run(
        `INSERT INTO job (id, what, state, reason, root, overwrite, from_peer, created, ended, ${MIRROR.join(', ')})
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        job.id,
        job.what,
        job.state,
        job.reason ?? null,
        job.root,
        job.overwrite ? 1 : 0,
        job.from ?? null,
        job.created,
        job.ended ?? null,
        ...mirrorValues(job.mirror),
      );
      this.#insertItems(job.id, items);
    });
  }

  setItems(id: JobId, items: readonly WantedItem[]): void {
    inTransaction(this.#database, () => {
      this.#run('DELETE FROM job_item WHERE job = ?', id);
      this.#insertItems(id, items);
    });
  }

  setMirror(id: JobId, mirror: MirrorOptions): void {
    this.#run(
      `UPDATE job SET ${MIRROR.map((column) => `${column} = ?`).join(', ')} WHERE id = ? AND mirror_once NOT NULL`,
      ...mirrorValues(mirror),
      id,
    );
  }

  #insertItems(id: JobId, items: readonly WantedItem[]): void {
    const insert = this.#statement(
      `INSERT INTO job_item (job, ordinal, relative, size, content, mtime, executable, state)
           VALUES (?, ?, ?, ?, ?, ?, ?, 'open')`,
    );
    for (const [ordinal, { relative, size, content, mtime, executable }] of items.entries()) {
      const runnable = executable === undefined ? null : Number(executable);
      insert.run(id, ordinal, relative, size, contentBlob(content), mtime ?? null, runnable);
    }
  }

  get(id: JobId): JobRecord | undefined {
    const row = this.#statement(`SELECT ${JOB} FROM job WHERE id = ?`).get(id);
    return row && jobOf(row);
  }

  all(): readonly JobRecord[] {
    return this.#statement(`SELECT ${JOB} FROM job ORDER BY created, rowid`).all().map(jobOf);
  }

  update(id: JobId, change: Pick<JobRecord, 'state'> & Partial<Pick<JobRecord, 'reason' | 'ended'>>): void {
    this.#run(
      'UPDATE job SET state = ?, reason = ?, ended = ? WHERE id = ?',
      change.state,
      change.reason ?? null,
      change.ended ?? null,
      id,
    );
  }

  items(id: JobId, state: ItemState, after: number, limit: number, which?: WhichItems): readonly JobItem[] {
    // The index knows nothing of what is done.
    const [by, left] = state === 'done' ? ['', ''] : ['INDEXED BY job_item_left', "AND state <> 'done'"];
    const sizes = which === undefined ? '' : `AND size ${which === 'small' ? '<=' : '>'} ${LEAF_BYTES}`;
    const statement = this.#statement(
      `SELECT ${ITEM} FROM job_item ${by} WHERE job = ? AND state = ? ${left} AND ordinal > ? ${sizes} ORDER BY ordinal LIMIT ?`,
    );
    statement.setReturnArrays(true);
    return (statement.all(id, state, after, limit) as unknown as readonly ItemRow[]).map(itemOf);
  }

  endItem(id: JobId, ordinal: number, state: ItemState, code?: ErrorCode, reason?: string): void {
    this.#run(
      'UPDATE job_item SET state = ?, code = ?, reason = ? WHERE job = ? AND ordinal = ?',
      state,
      code ?? null,
      reason ?? null,
      id,
      ordinal,
    );
  }

  endItems(id: JobId, ordinals: readonly number[]): void {
    this.#run(
      "UPDATE job_item SET state = 'done' WHERE job = ? AND ordinal IN (SELECT value FROM json_each(?))",
      id,
      JSON.stringify(ordinals),
    );
  }

  reopen(id: JobId): void {
    this.#run(
      "UPDATE job_item SET state = 'open', code = NULL, reason = NULL WHERE job = ? AND state = 'failed'",
      id,
    );
  }

  totals(id: JobId): JobTotals {
    const row = this.#statement(
      `SELECT count(content) AS files, total(size) AS size,
                total(size) FILTER (WHERE state = 'done') AS done_bytes,
                count(*) FILTER (WHERE state = 'open') AS open,
                count(*) FILTER (WHERE state = 'done') AS done,
                count(*) FILTER (WHERE state = 'failed') AS failed
         FROM job_item WHERE job = ?`,
    ).get(id)!;
    return {
      files: Number(row.files),
      size: Number(row.size),
      doneBytes: Number(row.done_bytes),
      open: Number(row.open),
      done: Number(row.done),
      failed: Number(row.failed),
    };
  }

  wants(content: ContentId, except: JobId = ''): boolean {
    const row = this.#statement(
      `SELECT 1 FROM job_item JOIN job ON job.id = job_item.job
         WHERE ${IS_LEFT} AND job_item.state = 'open' AND job.id <> ?2
           AND job.state NOT IN ('done', 'cancelled') LIMIT 1`,
    ).get(contentBlob(content), except);
    return row !== undefined;
  }

  keeps(content: ContentId): boolean {
    const row = this.#statement(
      `SELECT 1 FROM job_item JOIN job ON job.id = job_item.job
         WHERE ${IS_LEFT} AND job.state NOT IN ('done', 'cancelled') LIMIT 1`,
    ).get(contentBlob(content));
    return row !== undefined;
  }

  prune(before: number): void {
    this.#run("DELETE FROM job WHERE ended < ? AND (mirror_once IS NULL OR state = 'cancelled')", before);
  }

  #run(sql: string, ...values: SQLInputValue[]): void {
    stored(() => this.#statement(sql).run(...values));
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

const jobOf = (row: Row): JobRecord => ({
  id: String(row.id),
  what: String(row.what),
  state: row.state as StoredJobState,
  reason: textOf(row.reason),
  root: String(row.root),
  overwrite: row.overwrite === 1,
  from: textOf(row.from_peer),
  created: Number(row.created),
  ended: row.ended === null ? undefined : Number(row.ended),
  ...(row.mirror_once === null ? {} : { mirror: mirrorOf(row) }),
});

const MIRROR = ['mirror_removes', 'mirror_removes_all', 'mirror_once', 'mirror_inode'];
const JOB =
  'id, what, state, reason, root, overwrite, from_peer, created, ended, mirror_removes, mirror_removes_all, mirror_once, mirror_inode';

const mirrorValues = (mirror: MirrorOptions | undefined): SQLInputValue[] =>
  mirror
    ? [
        Number(mirror.removes),
        Number(mirror.removesAll),
        Number(mirror.once),
        mirror.inode?.toString() ?? null,
      ]
    : [null, null, null, null];

const mirrorOf = (row: Row): MirrorOptions => ({
  removes: row.mirror_removes === 1,
  removesAll: row.mirror_removes_all === 1,
  once: row.mirror_once === 1,
  inode: row.mirror_inode === null ? undefined : BigInt(String(row.mirror_inode)),
});

/** `content`: '' of a folder. */
type ItemRow = readonly [
  ordinal: number,
  relative: string,
  size: number,
  content: string,
  state: string,
  code: string | null,
  reason: string | null,
  mtime: string | null,
  executable: number | null,
];

const itemOf = ([
  ordinal,
  relative,
  size,
  content,
  state,
  code,
  reason,
  mtime,
  executable,
]: ItemRow): JobItem => ({
  ordinal,
  relative,
  kind: content === '' ? 'folder' : 'file',
  size,
  content: content === '' ? undefined : (content as ContentId),
  state: state as ItemState,
  code: (code ?? undefined) as ErrorCode | undefined,
  reason: reason ?? undefined,
  ...(mtime === null ? {} : { mtime: BigInt(mtime) }),
  ...(executable === null ? {} : { executable: executable === 1 }),
});

/** As the index has it. */
const IS_LEFT = "substr(content, 1, 6) = substr(?1, 1, 6) AND content = ?1 AND job_item.state <> 'done'";

/** Nanoseconds are more than a number holds. Rows are arrays: objects take twice the time. */
const ITEM =
  'ordinal, relative, size, lower(hex(content)), state, code, reason, CAST(mtime AS TEXT), executable';

const textOf = (value: unknown): string | undefined => (value === null ? undefined : String(value));

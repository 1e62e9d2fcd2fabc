import type { DatabaseSync } from 'node:sqlite';
import type { ErrorCode } from '../../core/errors.ts';
import type { ContentId } from '../../core/ids.ts';
import type { ItemState, JobId, JobItem, JobRecord, JobTotals, StoredJobState } from '../../core/job.ts';
import type { MirrorOptions } from '../../core/mirror.ts';
import type { JobStore, WhichItems } from '../../core/ports/job-store.ts';
import type { WantedItem } from '../../core/wanted.ts';
import { inTransaction, stored } from './database.ts';
import { JobItems } from './job-items.ts';
import { Statements } from './statements.ts';
import type { Row, Value } from './values.ts';
import { wantedAmong } from './wanted-contents.ts';

/** Jobs in the peer's database. */
export class SqliteJobStore implements JobStore {
  readonly #database: DatabaseSync;
  readonly #statements: Statements;
  readonly #items: JobItems;
  /** Goes up whenever items may be wanted that were not. */
  #begun = 0;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#statements = new Statements(database, { bigints: false });
    this.#items = new JobItems(database, this.#statements);
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
      this.setItems(job.id, items);
    });
  }

  setItems(id: JobId, items: readonly WantedItem[]): void {
    this.#items.set(id, items);
    this.#begun += 1;
  }

  setRoot(id: JobId, inode: bigint): void {
    this.#run('UPDATE job SET root_inode = ? WHERE id = ?', inode.toString(), id);
  }

  setMirror(id: JobId, mirror: MirrorOptions): void {
    this.#run(
      `UPDATE job SET ${MIRROR.map((column) => `${column} = ?`).join(', ')} WHERE id = ? AND mirror_once NOT NULL`,
      ...mirrorValues(mirror),
      id,
    );
  }

  get(id: JobId): JobRecord | undefined {
    const row = this.#statements.of(`SELECT ${JOB} FROM job WHERE id = ?`).get(id);
    return row && jobOf(row);
  }

  all(): readonly JobRecord[] {
    return this.#statements.of(`SELECT ${JOB} FROM job ORDER BY created, rowid`).all().map(jobOf);
  }

  update(id: JobId, change: Pick<JobRecord, 'state'> & Partial<Pick<JobRecord, 'reason' | 'ended'>>): void {
    this.#run(
      'UPDATE job SET state = ?, reason = ?, ended = ? WHERE id = ?',
      change.state,
      change.reason ?? null,
      change.ended ?? null,
      id,
    );
    this.#begun += 1;
  }

  items(id: JobId, state: ItemState, after: number, limit: number, which?: WhichItems): readonly JobItem[] {
    return this.#items.list(id, state, after, limit, which);
  }

  endItem(id: JobId, ordinal: number, state: ItemState, code?: ErrorCode, reason?: string): void {
    this.#items.end(id, [ordinal], state, code, reason);
  }

  endItems(id: JobId, ordinals: readonly number[]): void {
    this.#items.end(id, ordinals, 'done');
  }

  reopen(id: JobId): void {
    this.#items.reopen(id);
    this.#begun += 1;
  }

  totals(id: JobId): JobTotals {
    return this.#items.totals(id);
  }

  /** Looks again only when something has begun since. */
  keeps(contents: ReadonlySet<ContentId>, except: JobId = ''): (content: ContentId) => boolean {
    let at = this.#begun;
    let wanted = wantedAmong(contents, except, this.#statements);
    return (content) => {
      if (at !== this.#begun) wanted = wantedAmong(contents, except, this.#statements);
      at = this.#begun;
      return wanted.has(content);
    };
  }

  prune(before: number): void {
    this.#run("DELETE FROM job WHERE ended < ? AND (mirror_once IS NULL OR state = 'cancelled')", before);
  }

  #run(sql: string, ...values: Value[]): void {
    stored(() => this.#statements.of(sql).run(...values));
  }
}

const jobOf = (row: Row): JobRecord => ({
  id: String(row.id),
  what: String(row.what),
  state: row.state as StoredJobState,
  reason: textOf(row.reason),
  root: String(row.root),
  ...(row.root_inode === null ? {} : { rootInode: BigInt(String(row.root_inode)) }),
  overwrite: row.overwrite === 1,
  from: textOf(row.from_peer),
  created: Number(row.created),
  ended: row.ended === null ? undefined : Number(row.ended),
  ...(row.mirror_once === null ? {} : { mirror: mirrorOf(row) }),
});

const MIRROR = ['mirror_removes', 'mirror_removes_all', 'mirror_once', 'mirror_inode'];
const JOB =
  'id, what, state, reason, root, root_inode, overwrite, from_peer, created, ended, mirror_removes, mirror_removes_all, mirror_once, mirror_inode';

const mirrorValues = (mirror: MirrorOptions | undefined): Value[] =>
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

const textOf = (value: unknown): string | undefined => (value === null ? undefined : String(value));

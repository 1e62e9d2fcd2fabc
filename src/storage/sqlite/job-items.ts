import type { DatabaseSync } from 'node:sqlite';
import type { ErrorCode } from '../../core/errors.ts';
import type { ItemState, JobId, JobItem, JobTotals } from '../../core/job.ts';
import type { WhichItems } from '../../core/ports/job-store.ts';
import type { WantedItem } from '../../core/wanted.ts';
import { inTransaction } from './database.ts';
import { findMarks, stateOf, withState } from './item-marks.ts';
import { type ItemColumns, itemsAt, PAGE_ITEMS, pageOf } from './item-page.ts';
import { sizeAt, viewOf } from './packed.ts';
import type { Statements } from './statements.ts';

/** The items of jobs in a peer's database, many in one row: what a row costs is shared by all of them. */
export class JobItems {
  readonly #database: DatabaseSync;
  readonly #statements: Statements;

  /** `statements`: of the same database. */
  constructor(database: DatabaseSync, statements: Statements) {
    this.#database = database;
    this.#statements = statements;
  }

  /** In place of those that the job had. Throws `usage` for a content that is no id. */
  set(job: JobId, items: readonly WantedItem[]): void {
    inTransaction(this.#database, () => {
      this.#statements.of('DELETE FROM job_page WHERE job = ?').run(job);
      for (let from = 0; from < items.length; from += PAGE_ITEMS) {
        const some = items.slice(from, from + PAGE_ITEMS);
        const { files, size, marks, sizes, names, contents, mtimes } = pageOf(some);
        const { lastInsertRowid: id } = this.#statements
          .of(INSERT_PAGE)
          .run(job, from / PAGE_ITEMS, files, size, some.length, marks);
        this.#statements
          .of('INSERT INTO job_page_items (page, sizes, names, contents, mtimes) VALUES (?, ?, ?, ?, ?)')
          .run(id, sizes, names, contents, mtimes);
      }
    });
  }

  list(job: JobId, state: ItemState, after: number, limit: number, which?: WhichItems): readonly JobItem[] {
    const found: JobItem[] = [];
    const first = after + 1;
    const pages = this.#statements
      .of(`SELECT id, page, marks FROM job_page WHERE job = ? AND page >= ? AND ${state} > 0 ORDER BY page`)
      .iterate(job, Math.floor(first / PAGE_ITEMS)) as Iterable<unknown> as Iterable<PageRow>;
    for (const { id, page, marks } of pages) {
      const begin = page * PAGE_ITEMS;
      const places = findMarks(marks, Math.max(0, first - begin), state, which, limit - found.length);
      if (places.length > 0) found.push(...this.#itemsAt(places, id, begin, marks, state));
      if (found.length >= limit) break;
    }
    return found;
  }

  #itemsAt(
    places: readonly number[],
    id: number,
    begin: number,
    marks: Uint8Array,
    state: ItemState,
  ): readonly JobItem[] {
    const columns = this.#statements
      .of('SELECT sizes, names, contents, mtimes FROM job_page_items WHERE page = ?')
      .get(id) as unknown as ItemColumns;
    const items = itemsAt(places, begin, marks, columns);
    if (state !== 'failed') return items;
    const rows = this.#statements.all('SELECT place, code, reason FROM job_failure WHERE page = ?', id);
    const failures = new Map(rows.map(({ place, code, reason }) => [place, { code, reason }]));
    return items.map((item) => {
      const { code, reason } = failures.get(item.ordinal - begin) ?? {};
      return {
        ...item,
        code: (code ?? undefined) as ErrorCode | undefined,
        reason: (reason ?? undefined) as string | undefined,
      };
    });
  }

  /** Unknown ordinals are passed over. */
  end(job: JobId, ordinals: readonly number[], state: ItemState, code?: ErrorCode, reason?: string): void {
    inTransaction(this.#database, () => {
      for (const [page, some] of Map.groupBy(ordinals, (one) => Math.floor(one / PAGE_ITEMS))) {
        const row = this.#statements
          .of(`SELECT ${CHANGING} FROM job_page WHERE job = ? AND page = ?`)
          .get(job, page);
        const places = some.map((ordinal) => ordinal % PAGE_ITEMS);
        if (row) this.#endOf(row as unknown as PageRow, places, state, code, reason);
      }
    });
  }

  /** Failed items are open again. */
  reopen(job: JobId): void {
    inTransaction(this.#database, () => {
      const pages = this.#statements.all(
        `SELECT ${CHANGING} FROM job_page WHERE job = ? AND failed > 0`,
        job,
      );
      for (const page of pages as unknown as readonly PageRow[])
        this.#endOf(page, findMarks(page.marks, 0, 'failed', undefined, PAGE_ITEMS), 'open');
    });
  }

  #endOf(
    page: PageRow,
    places: readonly number[],
    state: ItemState,
    code?: ErrorCode,
    reason?: string,
  ): void {
    const { id, marks, open, done, failed } = page;
    const counts = { open, done, failed };
    const columns = this.#statements.of('SELECT sizes FROM job_page_items WHERE page = ?').get(id)!;
    const sizes = viewOf(columns.sizes as Uint8Array);
    const mended: number[] = [];
    let doneBytes = page.done_bytes;
    for (const place of places.filter((one) => one < marks.length)) {
      const before = stateOf(marks[place]!);
      counts[before] -= 1;
      counts[state] += 1;
      if (before === 'done') doneBytes -= sizeAt(sizes, place);
      if (state === 'done') doneBytes += sizeAt(sizes, place);
      marks[place] = withState(marks[place]!, state);
      if (state === 'failed') this.#statements.of(FAIL).run(id, place, code ?? null, reason ?? null);
      else if (before === 'failed') mended.push(place);
    }
    if (failed > 0 && counts.failed === 0)
      this.#statements.of('DELETE FROM job_failure WHERE page = ?').run(id);
    else for (const place of mended) this.#statements.of(MEND).run(id, place);
    this.#statements
      .of('UPDATE job_page SET open = ?, done = ?, failed = ?, done_bytes = ?, marks = ? WHERE id = ?')
      .run(counts.open, counts.done, counts.failed, doneBytes, marks, id);
  }

  totals(job: JobId): JobTotals {
    const row = this.#statements.of(TOTALS).get(job)!;
    return {
      files: Number(row.files),
      size: Number(row.size),
      doneBytes: Number(row.done_bytes),
      open: Number(row.open),
      done: Number(row.done),
      failed: Number(row.failed),
    };
  }
}

interface PageRow {
  readonly id: number;
  /** From 0 within its job. */
  readonly page: number;
  readonly open: number;
  readonly done: number;
  readonly failed: number;
  readonly done_bytes: number;
  readonly marks: Uint8Array;
}

const CHANGING = 'id, open, done, failed, done_bytes, marks';

const INSERT_PAGE = `INSERT INTO job_page (job, page, files, size, open, done, failed, done_bytes, marks)
  VALUES (?, ?, ?, ?, ?, 0, 0, 0, ?)`;

const FAIL = 'INSERT OR REPLACE INTO job_failure (page, place, code, reason) VALUES (?, ?, ?, ?)';
const MEND = 'DELETE FROM job_failure WHERE page = ? AND place = ?';

const TOTALS = `SELECT total(files) AS files, total(size) AS size, total(done_bytes) AS done_bytes,
    total(open) AS open, total(done) AS done, total(failed) AS failed
  FROM job_page WHERE job = ?`;

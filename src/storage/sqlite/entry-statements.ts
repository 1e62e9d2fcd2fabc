import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { ENTRY_COLUMNS, type EntryRow, LIVE_COLUMNS, type LiveRow } from './entry-rows.ts';
import type { Row, Value } from './values.ts';

/** The statements over one connection's index, each prepared once. Integers are read as numbers. `sql` is best a constant: it is the key. */
export class EntryStatements {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();
  /** Those whose rows are arrays. */
  readonly #arrayed = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  of(sql: string): StatementSync {
    let statement = this.#prepared.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      this.#prepared.set(sql, statement);
    }
    return statement;
  }

  all(sql: string, ...values: readonly Value[]): Row[] {
    return this.of(sql).all(...values) as Row[];
  }

  /** As `all`, each row as its values alone. */
  arrays(sql: string, ...values: readonly Value[]): Value[][] {
    let statement = this.#arrayed.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      statement.setReturnArrays(true);
      this.#arrayed.set(sql, statement);
    }
    return statement.all(...values) as unknown as Value[][];
  }

  first(sql: string, ...values: readonly Value[]): Row | undefined {
    return this.of(sql).get(...values) as Row | undefined;
  }

  /** Live entries of one owner. `where`: what follows the name of the table. */
  live(where: string, ...values: readonly Value[]): LiveRow[] {
    return this.arrays(`${SELECT_LIVE} ${where}`, ...values) as unknown as LiveRow[];
  }

  /** Whole entries. `where`: what follows the name of the table. */
  entries(where: string, ...values: readonly Value[]): EntryRow[] {
    return this.arrays(`${SELECT_ENTRIES} ${where}`, ...values) as unknown as EntryRow[];
  }
}

const SELECT_LIVE = `SELECT ${LIVE_COLUMNS} FROM entries`;
const SELECT_ENTRIES = `SELECT ${ENTRY_COLUMNS} FROM entries`;

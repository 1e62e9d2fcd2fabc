import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Row, Value } from './values.ts';

/** The statements of one connection, each prepared once. Every integer is read as a bigint. `sql` is best a constant: it is the key. */
export class Statements {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  of(sql: string): StatementSync {
    let statement = this.#prepared.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      statement.setReadBigInts(true);
      this.#prepared.set(sql, statement);
    }
    return statement;
  }

  all(sql: string, ...values: readonly Value[]): Row[] {
    return this.of(sql).all(...values) as Row[];
  }
}

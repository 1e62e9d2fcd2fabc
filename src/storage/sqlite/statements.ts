import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Row, Value } from './values.ts';

/**
 * The statements of one connection, each prepared once. Every integer is read as a bigint, except where `bigints` is false: those beyond
 * 2^53 are an error then. `sql` is best a constant: it is the key.
 */
export class Statements {
  readonly #database: DatabaseSync;
  readonly #bigints: boolean;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(database: DatabaseSync, { bigints = true } = {}) {
    this.#database = database;
    this.#bigints = bigints;
  }

  of(sql: string): StatementSync {
    let statement = this.#prepared.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      statement.setReadBigInts(this.#bigints);
      this.#prepared.set(sql, statement);
    }
    return statement;
  }

  all(sql: string, ...values: readonly Value[]): Row[] {
    return this.of(sql).all(...values) as Row[];
  }
}

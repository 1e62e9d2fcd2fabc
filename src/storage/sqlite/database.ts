import { DatabaseSync } from 'node:sqlite';
import { asPeerdexError, PeerdexError } from '../../core/errors.ts';
import { storedSchema } from './stored-schema.ts';

/** One step of a schema; its number is its place in the list, counted from 1, and never changes once released. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
}

export interface OpenOptions {
  readonly readOnly?: boolean;
}

/**
 * Opens a database file and brings its schema up to the last migration. A file whose schema is newer than this program
 * knows is refused with `unsupported` before anything in it is touched.
 */
export function openDatabase(
  file: string,
  migrations: readonly Migration[],
  { readOnly = false }: OpenOptions = {},
): DatabaseSync {
  refuseNewer(file, storedSchema(file), migrations.length);
  const database = open(file, readOnly);
  try {
    database.exec('PRAGMA busy_timeout = 5000');
    if (readOnly) return database;
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON');
    for (let done = schemaVersion(database); done < migrations.length; done += 1) {
      migrate(database, migrations[done]!, done + 1);
    }
    return database;
  } catch (error) {
    database.close();
    throw asPeerdexError(error, `cannot open the database ${file}`);
  }
}

/** Runs what writes to a database; `no-space` when its disk is full. */
export function stored<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if ((error as { errcode?: unknown }).errcode !== SQLITE_FULL) throw error;
    throw new PeerdexError('no-space', 'the disk of the data folder is full', {
      cause: error,
      retry: true,
      hint: 'the database needs room: make some, then try again',
    });
  }
}

/** Runs `work` in one transaction; what it throws rolls everything back. Throws `no-space` as `stored`. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  if (database.isTransaction) return work();
  return stored(() => {
    database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      database.exec('COMMIT');
      return result;
    } catch (error) {
      // Of some errors SQLite rolls back by itself.
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  });
}

/** SQLite's result code, https://www.sqlite.org/rescode.html#full */
const SQLITE_FULL = 13;

function migrate(database: DatabaseSync, migration: Migration, version: number): void {
  inTransaction(database, () => {
    database.exec(migration.sql);
    database.exec(`PRAGMA user_version = ${version}`);
  });
}

/** `by`: the release that wrote it, where that is known. Throws `unsupported` when `schema` is above what is `known`. */
export function refuseNewer(file: string, schema: number, known: number, by?: string): void {
  if (schema <= known) return;
  const writer = by === undefined ? 'a newer peerdex' : `peerdex ${by}, which is newer`;
  throw new PeerdexError(
    'unsupported',
    `the database ${file} was written by ${writer} (schema ${schema}, this one knows ${known})`,
    {
      hint: `install ${by === undefined ? 'the newer peerdex' : `peerdex ${by}`}, or name another data folder with --data`,
    },
  );
}

function schemaVersion(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
}

function open(file: string, readOnly: boolean): DatabaseSync {
  try {
    return new DatabaseSync(file, { readOnly });
  } catch (error) {
    throw asPeerdexError(error, `cannot open the database ${file}`);
  }
}

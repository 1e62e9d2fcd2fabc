import { existsSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { inTransaction } from '../database.ts';
import type { SqliteEntryQueries } from '../entry-queries.ts';

/** A stretch of rows of `entries` by their numbers, as they were when it was indexed. */
export interface Chunk {
  readonly first: number;
  /** Every live file with a number from `first` to here is in it. */
  readonly last: number;
  readonly rows: number;
  /** 1: no more rows would fit, because their names are long. */
  readonly full: 0 | 1;
  /** The last number that had been given when it was made, or a later one. */
  readonly seen: number;
}

/**
 * Opens the search index of a peer's database for writing. It holds nothing that cannot be made again: one of another format, of another
 * database or that cannot be read is made anew.
 */
export function openSearchDatabase(file: string, entries: SqliteEntryQueries): DatabaseSync {
  const { database: made } = entries.numbers();
  try {
    const database = open(file);
    const known = database.prepare('SELECT database, format FROM source').get();
    if (known?.database === made && known.format === FORMAT) return database;
    database.close();
  } catch (error) {
    if (!isDamaged(error)) throw error;
  }
  removeSearchDatabase(file);
  const database = open(file);
  database
    .prepare('INSERT INTO source (one, database, format, secret) VALUES (1, ?, ?, randomblob(64))')
    .run(made, FORMAT);
  return database;
}

/**
 * To be called before anything is written to the peer's database: what the index learnt when more numbers had been given is dropped, for
 * those were lost in a power cut or with a newer copy of the database, and will be given again. The last number that is indexed.
 */
export function alignSearchDatabase(file: string, entries: SqliteEntryQueries): number {
  if (!existsSync(file)) return 0;
  const database = openSearchDatabase(file, entries);
  try {
    const { last } = entries.numbers();
    const chunks = chunksOf(database);
    const kept = chunks.findIndex(({ seen }) => seen > last);
    inTransaction(database, () => {
      // And all behind it: rows that no chunk has are looked for behind the last one only.
      if (kept >= 0) for (const { first } of chunks.slice(kept)) dropChunk(database, first);
    });
    return chunksOf(database).at(-1)?.last ?? 0;
  } finally {
    database.close();
  }
}

export function removeSearchDatabase(file: string): void {
  for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
}

/** True for what SQLite throws of a file that is no sound database. */
export function isDamaged(error: unknown): boolean {
  const code = (error as { errcode?: number }).errcode ?? 0;
  return code % 256 === SQLITE_CORRUPT || code % 256 === SQLITE_NOTADB;
}

export function dropChunk(database: DatabaseSync, first: number): void {
  database.prepare('DELETE FROM grams WHERE chunk = ?').run(first);
  database.prepare('DELETE FROM chunks WHERE first = ?').run(first);
}

/** By their numbers. */
export const chunksOf = (database: DatabaseSync): Chunk[] =>
  database
    .prepare('SELECT first, last, rows, full, seen FROM chunks ORDER BY first')
    .all() as unknown as Chunk[];

function open(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  try {
    database.exec(`PRAGMA busy_timeout = 5000; PRAGMA page_size = 8192;
      PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 8388608; ${SCHEMA}`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

const FORMAT = 1;
/** SQLite's result codes, https://www.sqlite.org/rescode.html */
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

const SCHEMA = `
CREATE TABLE IF NOT EXISTS source (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  database TEXT NOT NULL,         -- entry_numbers.database of the peer's database
  format INTEGER NOT NULL,
  secret BLOB NOT NULL            -- 64 bytes, see content-mark.ts
) STRICT;
CREATE TABLE IF NOT EXISTS chunks (
  first INTEGER PRIMARY KEY,
  last INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  full INTEGER NOT NULL,
  seen INTEGER NOT NULL,          -- entry_numbers.last as it was then
  numbers BLOB NOT NULL,          -- of each row, from 'first' on: 4 bytes, little-endian
  contents BLOB NOT NULL,         -- of each row the mark of its content: 4 bytes, little-endian
  owners BLOB NOT NULL,           -- of each row owners.id: 4 bytes, little-endian
  sizes BLOB NOT NULL,            -- of each row its class: 1 byte
  days BLOB NOT NULL              -- of each row: 2 bytes, little-endian
) STRICT;
CREATE TABLE IF NOT EXISTS grams (
  chunk INTEGER NOT NULL,         -- chunks.first
  gram TEXT NOT NULL,
  rows BLOB NOT NULL,
  PRIMARY KEY (chunk, gram)
) STRICT, WITHOUT ROWID;
`;

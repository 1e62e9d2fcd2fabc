import { DatabaseSync } from 'node:sqlite';
import { asPeerdexError, PeerdexError } from '../../core/errors.ts';

export interface FolderLock {
  release(): void;
}

/** SQLite's result code for a lock that somebody else holds. */
const SQLITE_BUSY = 5;

/**
 * Locks a folder by an open exclusive transaction on `file`: the lock is the operating system's, so it ends with the process however
 * that ends. Throws `conflict` when it is taken.
 */
export function lockFolder(file: string): FolderLock {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file);
    database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) {
      throw new PeerdexError('conflict', 'the folder is in use by another process', { cause: error });
    }
    throw asPeerdexError(error, `cannot lock ${file}`);
  }
  const held = database;
  return { release: () => held.close() };
}

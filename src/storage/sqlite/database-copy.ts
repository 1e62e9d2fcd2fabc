import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { asPeerdexError } from '../../core/errors.ts';
import { openRegistryDatabase } from './registry-database.ts';

/** A consistent copy of a registry's database as the bytes of one file, also while another process writes to it. Its schema stays as it is. */
export function copyRegistryDatabase(file: string): Uint8Array {
  const copy = `${file}.${randomBytes(6).toString('hex')}.copy`;
  const database = openRegistryDatabase(file, { readOnly: true });
  try {
    // VACUUM INTO takes an empty file as it is, with its mode.
    closeSync(openSync(copy, 'wx', 0o600));
    database.prepare('VACUUM INTO ?').run(copy);
    return new Uint8Array(readFileSync(copy));
  } catch (error) {
    throw asPeerdexError(error, `cannot copy the database ${file}`);
  } finally {
    database.close();
    rmSync(copy, { force: true });
  }
}

/**
 * Puts such a copy in place. `epoch`, 16 hex digits: the directory begins a new life by it, for versions that peers have seen since
 * the copy was made will be used again. Throws `failed` when the bytes are no sound database, `unsupported` for one of a newer version.
 */
export function placeRegistryDatabase(file: string, bytes: Uint8Array, epoch: string): void {
  const fresh = `${file}.new`;
  try {
    writeDurably(fresh, bytes);
    checkSound(fresh);
    const database = openRegistryDatabase(fresh);
    database.prepare('UPDATE directory SET epoch = ?').run(epoch);
    database.exec('PRAGMA journal_mode = DELETE');
    database.close();
    renameSync(fresh, file);
  } catch (error) {
    for (const end of ['', '-wal', '-shm', '-journal']) rmSync(`${fresh}${end}`, { force: true });
    throw asPeerdexError(error, `cannot put back the database ${file}`);
  }
}

function checkSound(file: string): void {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const answer = database.prepare('PRAGMA quick_check').get()?.quick_check;
    if (answer !== 'ok') throw new Error(String(answer));
  } finally {
    database.close();
  }
}

function writeDurably(file: string, bytes: Uint8Array): void {
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    for (let at = 0; at < bytes.byteLength; ) at += writeSync(descriptor, bytes, at);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

import { randomBytes } from 'node:crypto';
import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

/** Writes a file for this user only, flushed, whole or not at all. Throws the system's `EEXIST` when it is there and may not be replaced. */
export function writePrivateFile(file: string, bytes: Uint8Array, overwrite: boolean): void {
  const target = overwrite ? `${file}.${randomBytes(6).toString('hex')}.new` : file;
  const descriptor = openSync(target, 'wx', 0o600);
  try {
    fchmodSync(descriptor, 0o600);
    for (let at = 0; at < bytes.byteLength; ) at += writeSync(descriptor, bytes, at);
    fsyncSync(descriptor);
    if (overwrite) renameSync(target, file);
  } catch (error) {
    rmSync(target, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

import { constants } from 'node:fs';
import { link, lstat, open, rename, unlink } from 'node:fs/promises';
import { PeerdexError, systemCode } from '../../core/errors.ts';

/**
 * Moves the file at `from` to a name in a folder of its file system, without ever replacing something that was not to be replaced: throws
 * `conflict`.
 */
export async function giveName(from: string, folder: string, to: string, overwrite: boolean): Promise<void> {
  const standing = await lstat(`${folder}/${to}`).catch(() => undefined);
  if (standing?.isDirectory()) throw new PeerdexError('conflict', `a folder stands at ${to}`);
  if (overwrite) return rename(from, `${folder}/${to}`);
  try {
    await link(from, `${folder}/${to}`);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') throw taken(to, error);
    // A file system without hard links: a short race is left between looking and renaming.
    if (standing) throw taken(to);
    return rename(from, `${folder}/${to}`);
  }
  await unlink(from);
}

const taken = (name: string, cause?: unknown): PeerdexError =>
  new PeerdexError('conflict', `a different file stands at ${name}`, {
    cause,
    hint: 'say --overwrite to replace it, or name another place with -o',
  });

export async function syncFolder(path: string): Promise<void> {
  const folder = await open(`${path}/.`, constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { PeerdexError, systemCode } from '../../core/errors.ts';

/** The system's bound on the path of a Unix socket, less one for its end. */
const MOST_BYTES = 103;

/**
 * Where the local API's Unix socket goes: in the data folder, or, where that path is too long for a socket, in a folder of this user's
 * among the temporary ones. Undefined where there are no Unix sockets. What a killed daemon left there is removed. Throws `conflict`
 * when somebody else has made that folder.
 */
export function socketPath(data: string, temporary = tmpdir()): string | undefined {
  if (process.platform === 'win32') return undefined;
  const near = join(data, 'daemon.sock');
  const path = Buffer.byteLength(near) <= MOST_BYTES ? near : join(ownFolder(temporary), nameFor(data));
  rmSync(path, { force: true });
  return path;
}

const nameFor = (data: string): string =>
  `${createHash('sha256').update(data).digest('hex').slice(0, 24)}.sock`;

/** Whoever owns the folder could put a socket of his own in the place of ours, and would be told the token. */
function ownFolder(temporary: string): string {
  const { uid } = userInfo();
  const folder = join(temporary, `peerdex-${uid}`);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  }
  const look = lstatSync(folder);
  if (look.isDirectory() && look.uid === uid && (look.mode & 0o077) === 0) return folder;
  throw new PeerdexError('conflict', `${folder} is not a folder of this user alone`, {
    hint: 'remove it, or choose a data folder with a shorter path',
  });
}

import { createHash } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** The system's bound on the path of a Unix socket, less one for its end. */
const MOST_BYTES = 103;

/**
 * Where the local API's Unix socket goes: in the data folder, or, where that path is too long for a socket, in a folder of this user's
 * among the temporary ones. Undefined where there are no Unix sockets. What a killed daemon left there is removed.
 */
export function socketPath(data: string): string | undefined {
  if (process.platform === 'win32') return undefined;
  const near = join(data, 'daemon.sock');
  const path = Buffer.byteLength(near) <= MOST_BYTES ? near : farPath(data);
  rmSync(path, { force: true });
  return path;
}

function farPath(data: string): string {
  const folder = join(tmpdir(), `peerdex-${userInfo().uid}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return join(folder, `${createHash('sha256').update(data).digest('hex').slice(0, 24)}.sock`);
}

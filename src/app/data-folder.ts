import { accessSync, chmodSync, constants, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PeerdexError, systemCode } from '../core/errors.ts';
import { makeFoldersTo } from '../storage/disk/make-folders.ts';
import { lockFolder } from '../storage/sqlite/folder-lock.ts';

/** How client commands find the daemon of a data folder. */
export interface DaemonFile {
  readonly pid: number;
  /** Whose local API it is; absent: a peer's. */
  readonly kind?: 'registry' | undefined;
  /** Path of the Unix socket of the local API. */
  readonly socket?: string | undefined;
  /** Port of the local API on 127.0.0.1. */
  readonly port?: number | undefined;
  readonly token?: string | undefined;
}

export interface DataFolder {
  /** Absolute. */
  readonly path: string;
  /** Atomically, readable for this user only. */
  writeDaemonFile(daemon: DaemonFile): void;
  removeDaemonFile(): void;
  /** Ends the lock. */
  release(): void;
}

/**
 * Makes the folder, for this user only, and locks it for this process. Throws `conflict` when another process runs on it, `failed`
 * when it cannot be made or written. `dir` is absolute.
 */
export function openDataFolder(dir: string): DataFolder {
  try {
    makeFoldersTo(dir, 0o700);
    // Tells an unwritable folder with a clear error before SQLite does with an unclear one.
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unusable(dir, error);
  }
  const daemonFile = join(dir, 'daemon.json');
  const lock = takeLock(dir, daemonFile);
  rmSync(daemonFile, { force: true }); // left by a daemon that was killed
  return {
    path: dir,
    writeDaemonFile(daemon) {
      writeFileSync(`${daemonFile}.new`, `${JSON.stringify(daemon)}\n`, { mode: 0o600 });
      chmodSync(`${daemonFile}.new`, 0o600);
      renameSync(`${daemonFile}.new`, daemonFile);
    },
    removeDaemonFile: () => rmSync(daemonFile, { force: true }),
    release: lock.release,
  };
}

function takeLock(dir: string, daemonFile: string): { release(): void } {
  try {
    return lockFolder(join(dir, 'lock.db'));
  } catch (error) {
    if (!(error instanceof PeerdexError) || error.code !== 'conflict') throw error;
    const pid = runningPid(daemonFile);
    throw new PeerdexError('conflict', `another peerdex${pid} already runs on the data folder ${dir}`, {
      cause: error,
      hint: 'stop it first, or name another folder with --data',
    });
  }
}

function runningPid(daemonFile: string): string {
  try {
    const { pid } = JSON.parse(readFileSync(daemonFile, 'utf8')) as Partial<DaemonFile>;
    return typeof pid === 'number' ? ` (process ${pid})` : '';
  } catch {
    return '';
  }
}

function unusable(dir: string, cause: unknown): PeerdexError {
  const code = systemCode(cause) ?? '';
  const hint = 'name another folder with --data, or change who may write to this one';
  if (code === 'EEXIST' || code === 'ENOTDIR') {
    return new PeerdexError('failed', `the data folder ${dir} cannot be made: a file stands in its place`, {
      cause,
      hint,
    });
  }
  const why =
    code === 'EACCES' || code === 'EPERM'
      ? 'permission denied'
      : code === 'EROFS'
        ? 'read-only file system'
        : code;
  return new PeerdexError(
    code === 'ENOSPC' ? 'no-space' : 'failed',
    `cannot write to the data folder ${dir}: ${why}`,
    {
      cause,
      hint,
    },
  );
}

import { accessSync, chmodSync, constants, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PeerdexError, systemCode } from '../core/errors.ts';
import { makeFoldersTo } from '../storage/disk/make-folders.ts';
import { lockFolder } from '../storage/sqlite/folder-lock.ts';
import { type DataFolderKind, refuseOtherKind } from './data-folder-kind.ts';
import { noteFormat, refuseNewerFolder } from './folder-format.ts';
import { unusableFolder } from './unusable-folder.ts';

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
  /** Of the program that runs, and of the protocol that its local API speaks. */
  readonly version?: string | undefined;
  readonly protocol?: number | undefined;
}

export interface DataFolder {
  /** Absolute. */
  readonly path: string;
  /** Atomically, readable for this user only. */
  writeDaemonFile(daemon: DaemonFile): void;
  /** The one of this process: another's stays. */
  removeDaemonFile(): void;
  /** Ends the lock. */
  release(): void;
}

/**
 * Makes the folder, for this user only, and locks it for this process. Throws `conflict` when another process runs on it, `failed`
 * when it cannot be made or written, `unsupported` when a newer release wrote it, which leaves it as it is. `dir` is absolute; `kind`: the
 * folder of the other kind is a `conflict` too, and is left as it is.
 */
export function openDataFolder(dir: string, kind: DataFolderKind): DataFolder {
  refuseOtherKind(dir, kind);
  try {
    makeFoldersTo(dir, 0o700);
    // Tells an unwritable folder with a clear error before SQLite does with an unclear one.
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unusableFolder('the data folder', dir, '--data', error);
  }
  refuseNewerFolder(dir);
  const daemonFile = join(dir, 'daemon.json');
  const lock = takeLock(dir, daemonFile);
  if (isLeftOver(daemonFile)) rmSync(daemonFile, { force: true });
  noteFormat(dir);
  return {
    path: dir,
    writeDaemonFile(daemon) {
      writeFileSync(`${daemonFile}.new`, `${JSON.stringify(daemon)}\n`, { mode: 0o600 });
      chmodSync(`${daemonFile}.new`, 0o600);
      renameSync(`${daemonFile}.new`, daemonFile);
    },
    removeDaemonFile() {
      if (pidIn(daemonFile) === process.pid) rmSync(daemonFile, { force: true });
    },
    release: lock.release,
  };
}

function takeLock(dir: string, daemonFile: string): { release(): void } {
  try {
    return lockFolder(join(dir, 'lock.db'));
  } catch (error) {
    if (!(error instanceof PeerdexError) || error.code !== 'conflict') throw error;
    const pid = pidIn(daemonFile);
    const which = pid === undefined ? '' : ` (process ${pid})`;
    throw new PeerdexError('conflict', `another peerdex${which} already runs on the data folder ${dir}`, {
      cause: error,
      hint: 'stop it first, or name another folder with --data',
    });
  }
}

/** Written by a daemon that was killed: whatever the lock says, the file of a process that runs is never taken away. */
function isLeftOver(daemonFile: string): boolean {
  const pid = pidIn(daemonFile);
  if (pid === undefined || pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return systemCode(error) === 'ESRCH';
  }
}

function pidIn(daemonFile: string): number | undefined {
  try {
    const { pid } = JSON.parse(readFileSync(daemonFile, 'utf8')) as Partial<DaemonFile>;
    return Number.isSafeInteger(pid) && pid! > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

import type { Dirent } from 'node:fs';
import { opendir, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { PeerdexError, systemCode } from '../../core/errors.ts';
import { MAX_FOLDERS } from '../../protocol/http/dashboard/own-operations.ts';

/** Names that are looked at in one folder at most; others are not told of. */
const MAX_NAMES = 50_000;
const WAIT_MS = 5000;

export interface FolderList {
  /** Without links. */
  readonly path: string;
  readonly parent: string | null;
  readonly folders: { readonly name: string; readonly path: string }[];
  readonly more: boolean;
}

/**
 * Lists folders of this machine for who chooses one to share. One at a time: a mount that never answers holds one thread of the process,
 * and who asks meanwhile is refused after 5 s.
 */
export class FolderLister {
  #underWay: Promise<FolderList> | undefined;

  /** Throws `usage`, `not-found`, `forbidden` where the system does not let us, `unavailable` where nothing answers within 5 s. */
  async list(folder = homedir(), hidden = false): Promise<FolderList> {
    if (!path.isAbsolute(folder) || folder.includes('\0'))
      throw new PeerdexError('usage', 'name the folder by its whole path', {
        hint: 'such as /home/me/Music',
      });
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(isSilent(folder)), WAIT_MS);
    late.promise.catch(() => {});
    try {
      while (this.#underWay) await Promise.race([this.#underWay.catch(() => {}), late.promise]);
      this.#underWay = list(folder, hidden).finally(() => {
        this.#underWay = undefined;
      });
      return await Promise.race([this.#underWay, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }
}

async function list(folder: string, hidden: boolean): Promise<FolderList> {
  try {
    const real = await realpath(folder);
    if (!(await stat(real)).isDirectory()) throw new PeerdexError('not-found', `${folder} is no folder`);
    const names: string[] = [];
    let looked = 0;
    for await (const entry of await opendir(real)) {
      looked += 1;
      if (looked > MAX_NAMES || names.length > MAX_FOLDERS) break;
      if (!hidden && entry.name.startsWith('.')) continue;
      if (await isFolder(real, entry)) names.push(entry.name);
    }
    const parent = path.dirname(real);
    return {
      path: real,
      parent: parent === real ? null : parent,
      folders: names
        .slice(0, MAX_FOLDERS)
        .sort((a, b) => ORDER.compare(a, b))
        .map((name) => ({ name, path: path.join(real, name) })),
      more: looked > MAX_NAMES || names.length > MAX_FOLDERS,
    };
  } catch (error) {
    throw error instanceof PeerdexError ? error : refusal(folder, error);
  }
}

/** A link to a folder counts as one. */
async function isFolder(parent: string, entry: Dirent): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  const stats = await stat(path.join(parent, entry.name)).catch(() => undefined);
  return stats?.isDirectory() ?? false;
}

function refusal(folder: string, cause: unknown): PeerdexError {
  const code = systemCode(cause);
  if (code === 'EACCES' || code === 'EPERM')
    return new PeerdexError('forbidden', `the system does not let peerdex look into ${folder}`, { cause });
  return new PeerdexError('not-found', `there is no folder ${folder}`, { cause });
}

const isSilent = (folder: string): PeerdexError =>
  new PeerdexError('unavailable', `${folder} cannot be listed now: a disk does not answer`, {
    hint: 'type the path of the folder, or try again',
  });

const ORDER = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

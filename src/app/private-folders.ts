import { readdirSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { isDataFolder, isForOthers, isKeyFile } from '../core/data-files.ts';
import { PeerdexError, systemCode } from '../core/errors.ts';
import { realPathOf } from './real-paths.ts';
import { isWithin } from './share-names.ts';

export interface PrivateOptions {
  /** Real paths of this peer's own data folders. */
  readonly own: readonly string[];
  /** The folder is the one for downloads, which may have any name in an own data folder. */
  readonly downloads: boolean;
}

/**
 * Throws `conflict` for a data folder of peerdex, this peer's or any other, and for what lies in one: it holds private keys. Only
 * the folders for downloads and samples are let through. `path` is a real path.
 */
export function refusePrivate(path: string, { own, downloads }: PrivateOptions): void {
  for (let folder = path; ; folder = dirname(folder)) {
    const isOwn = own.includes(folder);
    if (isOwn || isDataFolder(namesIn(folder))) refuseIn(folder, path, isOwn && downloads);
    if (dirname(folder) === folder) return;
  }
}

function refuseIn(data: string, path: string, anyName: boolean): void {
  if (path === data) {
    throw new PeerdexError(
      'conflict',
      `${path} is a data folder of peerdex: it holds keys and is never shared`,
      {
        hint: 'share the folder with your files, or name another data folder with --data',
      },
    );
  }
  if (anyName || isForOthers(relative(data, path).split(sep)[0]!)) return;
  throw new PeerdexError(
    'conflict',
    `${path} lies in ${data}, a data folder of peerdex, and is never shared`,
    {
      hint: 'of a data folder only downloads is shared',
    },
  );
}

/**
 * Throws `conflict` when a download would write into a data folder of peerdex beside its downloads: even a look at a file there, by
 * the process that holds the lock, would end the lock (POSIX gives up all locks of a file when any of its handles is closed).
 * `relatives`: files below `root`.
 */
export function refuseInData(
  root: string,
  relatives: Iterable<string>,
  folders: { readonly data: string; readonly downloads: string },
): void {
  const at = realPathOfNearest(root);
  const own = realPathOf(folders.data);
  const downloads = realPathOf(folders.downloads);
  const known = new Map<string, Surroundings>();
  const lookAt = (folder: string): Surroundings => {
    const before = known.get(folder);
    if (before) return before;
    const parent = dirname(folder);
    const above = parent === folder ? { data: undefined, isThere: true } : lookAt(parent);
    // Below a folder that is not there is none: most downloads make theirs, and each look at nothing is an error that costs its time.
    const names = above.isThere ? namesAt(folder) : undefined;
    const isOne = folder === own || isDataFolder(names ?? []);
    const found = { data: isOne ? folder : above.data, isThere: names !== undefined };
    known.set(folder, found);
    return found;
  };
  // Of what lies in one folder most comes one after the other.
  let parent: string | undefined;
  let data: string | undefined;
  for (const one of relatives) {
    const slash = one.lastIndexOf('/');
    if (isKeyFile(one.slice(slash + 1))) {
      throw new PeerdexError(
        'conflict',
        `${join(at, one)} would look like a key of peerdex, and its folder like a data folder`,
        {
          hint: 'fetch the file by itself, to another name with -o',
        },
      );
    }
    if (parent?.length !== Math.max(0, slash) || !one.startsWith(parent)) {
      parent = one.slice(0, Math.max(0, slash));
      ({ data } = lookAt(join(at, parent)));
    }
    if (data === undefined) continue;
    const path = join(at, one);
    if (isForOthers(relative(data, path).split(sep)[0]!)) continue;
    if (isWithin(downloads, data) && isWithin(path, downloads)) continue;
    throw new PeerdexError(
      'conflict',
      `${path} lies in the data folder ${data}, where nothing is put but downloads`,
      {
        hint: 'name another place with -o',
      },
    );
  }
}

interface Surroundings {
  /** The data folder that a folder is or lies in. */
  readonly data: string | undefined;
  readonly isThere: boolean;
}

/** Of a folder that is not there yet: where it would be. */
export function realPathOfNearest(path: string): string {
  const real = realPathOf(path);
  if (real !== path || dirname(path) === path) return real;
  return join(realPathOfNearest(dirname(path)), basename(path));
}

/** Of a folder that cannot be read nothing can be shared either. */
const namesIn = (folder: string): readonly string[] => namesAt(folder) ?? [];

/** Undefined where there is no such folder; none of one that cannot be read. */
function namesAt(folder: string): readonly string[] | undefined {
  try {
    return readdirSync(folder);
  } catch (error) {
    return systemCode(error) === 'ENOENT' ? undefined : [];
  }
}

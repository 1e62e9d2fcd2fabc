import { constants } from 'node:fs';
import { lstat, rmdir, unlink } from 'node:fs/promises';
import { asPeerdexError, systemCode } from '../../core/errors.ts';
import { baseName, parentPath } from '../../core/index-path.ts';
import type { FolderIdentity } from '../../core/ports/local-file-store.ts';
import type { ExpectedLook, MirrorFiles } from '../../core/ports/mirror-files.ts';
import type { Destination, WantedLook } from '../../core/ports/partial.ts';
import { lookOf, mtimeOf } from './look.ts';
import { openBelow, withFolderBelow } from './safe-open.ts';

/** What a mirror removes and alters in its folder; every folder on the way is opened without following a link. */
export const diskMirrorFiles: MirrorFiles = {
  remove: (destination, expected) =>
    below(destination, 'remove', undefined, async (path) => {
      const stats = await lstat(path, { bigint: true });
      if (!stats.isFile() || !isExpected(stats, expected)) return undefined;
      await unlink(path);
      return identityOf(lookOf(stats));
    }),

  removeFolder: (destination) =>
    below(destination, 'remove', false, async (path) => {
      await rmdir(path);
      return true;
    }),

  async giveLook({ root, relative }, expected, { mtime, executable = false }: WantedLook) {
    const file = await openBelow(root, relative, constants.O_RDONLY);
    try {
      const before = await file.stat({ bigint: true });
      if (!isExpected(before, expected)) return undefined;
      const mode = Number(before.mode) & 0o777;
      await file.chmod(executable ? mode | ((mode & 0o444) >> 2) : mode & 0o666);
      const seconds = Number(mtime ?? before.mtimeNs) / 1e9;
      await file.utimes(seconds, seconds);
      return mtimeOf(await file.stat({ bigint: true }));
    } finally {
      await file.close();
    }
  },
};

/** `missing`: what it comes to where nothing, or nothing of the kind, stands. */
async function below<T>(
  { root, relative }: Destination,
  doing: string,
  missing: T,
  use: (path: string) => Promise<T>,
): Promise<T> {
  try {
    return await withFolderBelow(root, parentPath(relative), (folder) =>
      use(`${folder}/${baseName(relative)}`),
    );
  } catch (error) {
    if (HARMLESS.has(systemCode(error) ?? '')) return missing;
    throw asPeerdexError(error, `cannot ${doing} ${root}/${relative}`);
  }
}

/** Not there, or not empty, or no folder. */
const HARMLESS: ReadonlySet<string> = new Set(['ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EBUSY']);

const isExpected = (
  stats: { readonly size: bigint; readonly mtimeNs: bigint },
  expected: ExpectedLook,
): boolean => Number(stats.size) === expected.size && mtimeOf(stats) === expected.mtime;

const identityOf = ({ device, inode }: FolderIdentity): FolderIdentity => ({ device, inode });

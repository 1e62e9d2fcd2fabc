import { lstat, stat } from 'node:fs/promises';
import { asPeerdexError, systemCode } from '../../core/errors.ts';
import { baseName, parentPath } from '../../core/index-path.ts';
import type { DestinationFiles, OldFile, Standing } from '../../core/ports/destination-files.ts';
import type { Hasher } from '../../core/ports/disk.ts';
import type { LocalFile } from '../../core/ports/local-contents.ts';
import type { FolderIdentity } from '../../core/ports/local-file-store.ts';
import type { Destination } from '../../core/ports/partial.ts';
import { foldsCase } from './folds-case.ts';
import { lookOf, mtimeOf } from './look.ts';
import { makeFoldersTo } from './make-folders.ts';
import { makeFoldersBelow, withFolderBelow } from './safe-open.ts';

const NOTHING: Standing = { kind: 'nothing', size: 0, mtime: 0n };

export class DiskDestinationFiles implements DestinationFiles {
  readonly #hasher: Hasher;

  constructor(hasher: Hasher) {
    this.#hasher = hasher;
  }

  async look({ root, relative }: Destination): Promise<Standing> {
    try {
      return await withFolderBelow(root, parentPath(relative), async (folder) => {
        const look = await lstat(`${folder}/${baseName(relative)}`, { bigint: true });
        const kind = look.isFile() ? 'file' : look.isDirectory() ? 'folder' : 'other';
        return { kind, size: Number(look.size), mtime: mtimeOf(look) };
      });
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return NOTHING;
      throw asPeerdexError(error, `cannot look at ${root}/${relative}`);
    }
  }

  async fileOf(
    { root, relative }: Destination,
    size: number,
  ): Promise<(LocalFile & { readonly executable: boolean }) | undefined> {
    if ((await this.look({ root, relative })).size !== size) return undefined;
    const [hashed] = await this.#hasher.hash(root, [relative]);
    if (hashed?.outcome !== 'hashed') return undefined;
    return { content: hashed.content, root, relative, ...hashed.look };
  }

  async oldFile({ root, relative }: Destination, signal: AbortSignal): Promise<OldFile | undefined> {
    const [hashed] = await this.#hasher.hash(root, [relative], signal);
    if (hashed?.outcome !== 'hashed') return undefined;
    const { content, manifest, leaves, look } = hashed;
    return { file: { content, root, relative, ...look }, manifest, leaves };
  }

  async makeRoot(root: string): Promise<void> {
    try {
      makeFoldersTo(root);
    } catch (error) {
      throw asPeerdexError(error, `cannot make the folder ${root}`);
    }
  }

  async rootOf(root: string): Promise<FolderIdentity | undefined> {
    const stats = await stat(root, { bigint: true }).catch(() => undefined);
    return stats?.isDirectory() ? lookOf(stats) : undefined;
  }

  foldsCase(root: string): Promise<boolean> {
    return foldsCase(root);
  }

  makeFolder({ root, relative }: Destination): Promise<void> {
    return makeFoldersBelow(root, relative);
  }
}

import { blake3Of, equalBytes } from '../core/digest.ts';
import type { OwnedEntry } from '../core/entry.ts';
import { PeerdexError } from '../core/errors.ts';
import { baseName } from '../core/index-path.ts';
import type { Cursor, EntryQueries } from '../core/ports/entry-store.ts';
import type { WantedItem } from '../core/wanted.ts';
import { pause } from './network-view.ts';

/** Everything in one folder, itself first, each path beginning with the folder's own name. */
export interface FolderTree {
  readonly items: readonly WantedItem[];
  /** Of paths, kinds, sizes and contents: equal for equal trees. */
  readonly digest: Uint8Array;
}

/** Reads a folder of the index. Throws `limit` for more than a million files and folders. */
export async function treeOf(
  store: EntryQueries,
  folder: OwnedEntry,
  withOrigins = false,
): Promise<FolderTree> {
  const originOf = (path: string) => (withOrigins ? { origin: { owner: folder.owner, path } } : {});
  const items: WantedItem[] = [
    { relative: baseName(folder.path), kind: 'folder', size: 0, ...originOf(folder.path) },
  ];
  const above = folder.path.length - baseName(folder.path).length;
  let digest: Uint8Array = new Uint8Array();
  let from: Cursor | undefined;
  do {
    const { items: entries, next } = store.below(folder.owner, folder.path, STEP, from);
    const lines = [digest];
    for (const { path, kind, size, content, mtime, executable } of entries) {
      const relative = path.slice(above);
      const look = kind === 'file' ? { mtime, executable } : {};
      items.push({ relative, kind, size, content, ...look, ...originOf(path) });
      lines.push(Buffer.from(`${relative}\n${kind}\n${size}\n${content ?? ''}\n`));
    }
    digest = blake3Of(...lines);
    if (items.length > MAX_ITEMS) {
      throw new PeerdexError('limit', `${folder.path}/ holds more than ${MAX_ITEMS} files and folders`, {
        hint: 'fetch its folders one by one',
      });
    }
    from = next;
    await pause();
  } while (from !== undefined);
  return { items, digest };
}

export const sameTrees = (a: FolderTree, b: FolderTree): boolean => equalBytes(a.digest, b.digest);

const STEP = 1000;
const MAX_ITEMS = 1_000_000;

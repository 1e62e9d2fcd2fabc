import type { OwnedEntry } from '../core/entry.ts';
import { PeerdexError } from '../core/errors.ts';
import { baseName } from '../core/index-path.ts';
import type { Cursor, EntryQueries } from '../core/ports/entry-store.ts';
import type { WantedItem } from '../core/wanted.ts';
import { pause } from './network-view.ts';

/** Everything in one folder, itself first, each path beginning with the folder's own name; in the order of paths. */
export type FolderTree = readonly WantedItem[];

/** Reads a folder of the index. Throws `limit` for more than a million files and folders. */
export async function treeOf(
  store: EntryQueries,
  folder: OwnedEntry,
  withOrigins = false,
): Promise<FolderTree> {
  const items: WantedItem[] = [];
  const add = (item: WantedItem, path: string) =>
    items.push(withOrigins ? { ...item, origin: { owner: folder.owner, path } } : item);
  add({ relative: baseName(folder.path), kind: 'folder', size: 0 }, folder.path);
  const above = folder.path.length - baseName(folder.path).length;
  let from: Cursor | undefined;
  do {
    const { items: entries, next } = store.below(folder.owner, folder.path, STEP, from);
    for (const { path, kind, size, content, mtime, executable } of entries) {
      const relative = path.slice(above);
      add(
        kind === 'file' ? { relative, kind, size, content, mtime, executable } : { relative, kind, size },
        path,
      );
    }
    if (items.length > MAX_ITEMS) {
      throw new PeerdexError('limit', `${folder.path}/ holds more than ${MAX_ITEMS} files and folders`, {
        hint: 'fetch its folders one by one',
      });
    }
    from = next;
    await pause();
  } while (from !== undefined);
  return items;
}

/** Whether all paths, kinds, sizes and contents are the same. */
export const sameTrees = (a: FolderTree, b: FolderTree): boolean =>
  a.length === b.length &&
  a.every(({ relative, kind, size, content }, i) => {
    const other = b[i]!;
    return (
      relative === other.relative && kind === other.kind && size === other.size && content === other.content
    );
  });

const STEP = 1000;
const MAX_ITEMS = 1_000_000;

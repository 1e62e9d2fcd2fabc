import type { Clock } from '../core/clock.ts';
import { baseName, parentPath } from '../core/index-path.ts';
import type { WrittenFile } from '../core/ports/local-contents.ts';
import type { LocalEntry } from '../core/ports/local-file-store.ts';
import type { ScanStores } from './apply-scan.ts';
import { type ChangeCounts, NOTHING } from './change-counts.ts';
import type { LogChange, OwnLog } from './own-log.ts';
import { indexEntry, type ShareName, settledFolder, verifiedFile } from './share-entries.ts';

/**
 * Small files that peerdex wrote and verified, `relative` below the share: they are in the log at once and are not hashed again, with
 * the folders above them. One transaction. Those at whose place a folder was known are
 * left out, and returned.
 */
export function recordMany(
  stores: ScanStores,
  log: OwnLog,
  clock: Clock,
  share: ShareName,
  written: readonly WrittenFile[],
): { readonly counts: ChangeCounts; readonly left: readonly WrittenFile[] } {
  const { files } = stores;
  const now = clock.now();
  const left: WrittenFile[] = [];
  const known = new Set(['']);
  const changes: LogChange[] = [];
  const makeFolder = (path: string): void => {
    if (known.has(path)) return;
    const parent = parentPath(path);
    makeFolder(parent);
    known.add(path);
    const stands = files.get(share.id, parent, baseName(path));
    if (stands?.kind === 'folder') return;
    const look = { size: 0, mtime: 0n, device: 0n, inode: 0n, executable: false };
    put(stands, settledFolder({ share: share.id, parent, name: baseName(path), kind: 'folder', ...look }));
  };
  const put = (stands: LocalEntry | undefined, entry: LocalEntry): void => {
    files.replace(stands, entry);
    changes.push({ entry: indexEntry(share, entry) });
  };
  const counts = stores.entries.transaction(() => {
    for (const file of written) {
      const parent = parentPath(file.relative);
      const name = baseName(file.relative);
      const stands = files.get(share.id, parent, name);
      if (stands?.kind === 'folder') {
        left.push(file);
        continue;
      }
      makeFolder(parent);
      put(stands, verifiedFile(share, parent, name, file.look, file.content, now));
    }
    return changes.length === 0 ? NOTHING : log.write(changes);
  });
  return { counts, left };
}

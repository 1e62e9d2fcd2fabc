import type { HashOutcome } from '../core/ports/disk.ts';
import type { HashKeeper } from '../core/ports/local-contents.ts';
import type { LocalEntry, LocalFileStore } from '../core/ports/local-file-store.ts';
import { keepLastLeaves } from './keep-hashes.ts';
import type { LogChange } from './own-log.ts';
import { indexEntry, indexPath, pathOf, plainLook, type ShareName } from './share-entries.ts';

/** What became of a pending file. */
export interface HashResult {
  readonly id: number;
  /** Which file it was, and how it looked to the scan, when it was given to be hashed. */
  readonly taken: Pick<LocalEntry, 'parent' | 'name' | 'size' | 'mtime'>;
  readonly outcome: HashOutcome;
}

/**
 * Keeps what hashing a file came to, within a transaction of the caller's, and adds to `log` what that changes for others. A file that a
 * scan has seen anew meanwhile is still to be hashed as it is now.
 */
export function settleFile(
  { files, hashes }: { readonly files: LocalFileStore; readonly hashes: HashKeeper },
  share: ShareName,
  { id, taken, outcome }: HashResult,
  log: LogChange[],
): void {
  const entry = files.byId(id);
  if (entry?.kind !== 'file' || entry.state === 'gone') return;
  // The id of a row that went is given again: this is another file.
  if (entry.share !== share.id || entry.parent !== taken.parent || entry.name !== taken.name) return;
  const isSeenAnew = entry.size !== taken.size || entry.mtime !== taken.mtime;
  if (outcome.outcome === 'hashed') {
    const { content, look, at } = outcome;
    if (isSeenAnew && (entry.size !== look.size || entry.mtime !== look.mtime)) return;
    keepLastLeaves(hashes, outcome);
    const settled: LocalEntry = { ...entry, ...plainLook(look), content, stamp: at, state: 'settled' };
    files.replace(entry, settled);
    log.push({ entry: indexEntry(share, settled) });
    return;
  }
  if (isSeenAnew) return;
  const unreadable = outcome.outcome === 'failed' && outcome.code !== 'ENOENT';
  files.replace(entry, { ...entry, content: unreadable ? undefined : entry.content, state: 'deferred' });
  if (unreadable) log.push({ deleted: indexPath(share, pathOf(entry)) });
}

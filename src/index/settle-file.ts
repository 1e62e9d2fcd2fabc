import type { HashOutcome } from '../core/ports/disk.ts';
import type { HashKeeper } from '../core/ports/local-contents.ts';
import type { LocalEntry, LocalFileStore } from '../core/ports/local-file-store.ts';
import { keepLastLeaves } from './keep-hashes.ts';
import type { LogChange } from './own-log.ts';
import { indexEntry, indexPath, pathOf, plainLook, type ShareName } from './share-entries.ts';

/** What became of a pending file. */
export interface HashResult {
  readonly id: number;
  /** How it looked to the scan when it was given to be hashed. */
  readonly taken: Pick<LocalEntry, 'size' | 'mtime'>;
  readonly outcome: HashOutcome;
}

/** Keeps what hashing a file came to, within a transaction of the caller's, and adds to `log` what that changes for others. */
export function settleFile(
  { files, hashes }: { readonly files: LocalFileStore; readonly hashes: HashKeeper },
  share: ShareName,
  { id, taken, outcome }: HashResult,
  log: LogChange[],
): void {
  const entry = files.byId(id);
  if (entry?.kind !== 'file' || entry.state === 'gone') return;
  if (outcome.outcome === 'hashed') {
    const { content, look, at } = outcome;
    keepLastLeaves(hashes, outcome);
    const settled: LocalEntry = { ...entry, ...plainLook(look), content, stamp: at, state: 'settled' };
    files.replace(entry, settled);
    log.push({ entry: indexEntry(share, settled) });
    return;
  }
  // A scan has seen it anew meanwhile: it is still to be hashed as it is now.
  if (entry.size !== taken.size || entry.mtime !== taken.mtime) return;
  const unreadable = outcome.outcome === 'failed' && outcome.code !== 'ENOENT';
  files.replace(entry, { ...entry, content: unreadable ? undefined : entry.content, state: 'deferred' });
  if (unreadable) log.push({ deleted: indexPath(share, pathOf(entry)) });
}

import type { Clock } from '../core/clock.ts';
import { type LocalEntry, type LocalFileStore, sameInode } from '../core/ports/local-file-store.ts';
import { isRacy, type ScanChange } from './compare-folder.ts';
import { type KnownLooks, nextFile } from './next-file.ts';
import type { LogChange } from './own-log.ts';
import { rivalOf } from './rival-spelling.ts';
import { indexEntry, indexPath, pathOf, plainLook, type ShareName, settledFolder } from './share-entries.ts';

/**
 * Keeps one thing that a scan saw or missed, within a transaction of the caller's, and adds to `log` what that changes for others.
 * `entry`: what stands at its place.
 */
export function applyChange(
  stores: KnownLooks,
  clock: Clock,
  share: ShareName,
  change: ScanChange,
  entry: LocalEntry | undefined,
  log: LogChange[],
): void {
  const { files } = stores;
  if (change.change === 'gone') {
    if (!entry || entry.mtime !== change.mtime || !sameInode(entry, change)) return;
    markGone(files, clock, entry);
    log.push(deletionOf(files, share, entry));
    return;
  }
  const { parent, name, kind } = change;
  const seen = { share: share.id, parent, name, kind, ...plainLook(change) };
  const before = entry?.kind === kind && entry.state !== 'gone' ? entry : undefined;
  const next = kind === 'folder' ? settledFolder(seen) : nextFile(stores, seen, before);
  files.replace(entry, next);
  if (next.state === 'settled') log.push({ entry: indexEntry(share, next) });
  else if (entry?.kind === 'folder') log.push({ deleted: indexPath(share, pathOf(entry)) });
}

/**
 * What the log says of something that is no longer there: that its path is deleted, unless something else, in other Unicode forms on disk, has
 * that path in the index.
 */
export function deletionOf(files: LocalFileStore, share: ShareName, entry: LocalEntry): LogChange {
  const path = pathOf(entry);
  const rival = rivalOf(files, share.id, path);
  return rival ? { entry: indexEntry(share, rival) } : { deleted: indexPath(share, path) };
}

/** Remembered for a while: a file that was moved is recognised. */
export function markGone(files: LocalFileStore, clock: Clock, entry: LocalEntry): void {
  if (entry.kind === 'folder' || entry.state !== 'settled' || isRacy(entry.mtime, entry.stamp)) {
    files.remove(entry.share, entry.parent, entry.name);
  } else files.replace(entry, { ...entry, stamp: clock.now(), state: 'gone' });
}

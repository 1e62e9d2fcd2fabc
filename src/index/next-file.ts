import type { HashKeeper } from '../core/ports/local-contents.ts';
import { type LocalEntry, type LocalFileStore, sameInode } from '../core/ports/local-file-store.ts';
import { isRacy } from './compare-folder.ts';
import type { Seen } from './share-entries.ts';

export interface KnownLooks {
  readonly files: LocalFileStore;
  readonly hashes: HashKeeper;
}

/** What is remembered of a file that was seen. `before`: the file that stood there; one that was moved brings its content along. */
export function nextFile(
  { files, hashes }: KnownLooks,
  seen: Seen,
  before: LocalEntry | undefined,
): LocalEntry {
  const same = before?.size === seen.size && before.mtime === seen.mtime && sameInode(before, seen);
  if (same && before.state !== 'settled') return { ...before, ...seen };
  if (same) {
    const state = isRacy(before.mtime, before.stamp) ? 'pending' : 'settled';
    return { ...before, ...seen, state };
  }
  const known = files.sameLook(seen);
  if (known?.content && !isRacy(known.mtime, known.stamp) && hashes.manifest(known.content)) {
    return { ...seen, content: known.content, stamp: known.stamp, state: 'settled' };
  }
  return { ...seen, content: undefined, stamp: 0, state: 'pending' };
}

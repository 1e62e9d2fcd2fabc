import type { Entry } from '../core/entry.ts';
import type { ContentId } from '../core/ids.ts';
import type { IndexPath } from '../core/index-path.ts';
import type { FileLook, LocalEntry } from '../core/ports/local-file-store.ts';
import { RACY_MS } from './compare-folder.ts';

/** The share that a change belongs to. */
export interface ShareName {
  readonly id: number;
  readonly name: string;
}

/** What was seen of a file or folder, before anything is known of its content. */
export type Seen = Omit<LocalEntry, 'content' | 'stamp' | 'state'>;

export const pathOf = ({ parent, name }: { parent: string; name: string }): string =>
  parent === '' ? name : `${parent}/${name}`;

export const indexPath = ({ name }: ShareName, relative: string): IndexPath =>
  `${name}/${relative.normalize('NFC')}`;

export const settledFolder = (seen: Seen): LocalEntry => ({
  ...seen,
  content: undefined,
  stamp: 0,
  state: 'settled',
});

/** A file that was verified while it was written: never racy, so it is not hashed again. `now`: milliseconds since 1970. */
export const verifiedFile = (
  share: ShareName,
  parent: string,
  name: string,
  look: FileLook,
  content: ContentId,
  now: number,
): LocalEntry => ({
  share: share.id,
  parent,
  name,
  kind: 'file',
  ...plainLook(look),
  content,
  stamp: Math.max(now, Number(look.mtime / 1_000_000n) + RACY_MS),
  state: 'settled',
});

export const plainLook = ({ size, mtime, device, inode, executable }: FileLook): FileLook => ({
  size,
  mtime,
  device,
  inode,
  executable,
});

export const indexEntry = (
  share: ShareName,
  { parent, name, kind, size, mtime, executable, content }: LocalEntry,
): Entry => ({
  path: indexPath(share, pathOf({ parent, name })),
  kind,
  size,
  mtime,
  executable,
  content,
  flag: 1,
});

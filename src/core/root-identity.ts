import type { RootIdentity } from './ports/local-file-store.ts';

/**
 * Whether the folder at a share's place is the one that was shared. The number of a device changes when a drive is plugged in again,
 * and every file system of a kind may number its root alike: so the time at which the folder was made counts where both have one, and
 * a marker file where a root was given one because its file system tells neither.
 */
export function sameRoot(before: RootIdentity, now: RootIdentity): boolean {
  if (before.marker !== undefined && isWeak(now)) return before.marker === now.marker;
  if (before.inode !== now.inode) return false;
  if (before.birth !== undefined && now.birth !== undefined) return before.birth === now.birth;
  return before.device === now.device;
}

/** True for a root that a file system of its kind cannot tell from another one. */
export const isWeak = ({ inode, birth }: RootIdentity): boolean => inode === 0n || birth === undefined;

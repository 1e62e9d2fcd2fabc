import type { BigIntStats } from 'node:fs';
import { type FileLook, sameInode } from '../../core/ports/local-file-store.ts';
import { fileSystems } from './file-systems.ts';

/** How a file looks from outside, out of what `stat` says. */
export const lookOf = (stats: BigIntStats): FileLook => ({
  size: Number(stats.size),
  mtime: stats.mtimeNs,
  device: stats.dev,
  inode: fileSystems.keepsInodes(stats.dev) ? stats.ino : 0n,
  executable: (stats.mode & 0o111n) !== 0n,
});

export const sameLook = (a: FileLook, b: FileLook): boolean =>
  a.size === b.size && a.mtime === b.mtime && sameInode(a, b) && a.device === b.device;

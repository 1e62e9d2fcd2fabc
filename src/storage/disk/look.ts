import type { BigIntStats } from 'node:fs';
import { type FileLook, sameInode } from '../../core/ports/local-file-store.ts';
import { fileSystems } from './file-systems.ts';

/** As far as 64 bits hold nanoseconds since 1970: in 1677, and in 2262. */
const [FIRST_TIME, LAST_TIME] = [-(2n ** 63n), 2n ** 63n - 1n];

/** When a file was changed last, as it is remembered and told: a time that 64 bits do not hold is the nearest that they do. */
export function mtimeOf({ mtimeNs }: Pick<BigIntStats, 'mtimeNs'>): bigint {
  if (mtimeNs > LAST_TIME) return LAST_TIME;
  return mtimeNs < FIRST_TIME ? FIRST_TIME : mtimeNs;
}

/** How a file looks from outside, out of what `stat` says. */
export const lookOf = (stats: BigIntStats): FileLook => ({
  size: Number(stats.size),
  mtime: mtimeOf(stats),
  device: stats.dev,
  inode: fileSystems.keepsInodes(stats.dev) ? stats.ino : 0n,
  executable: (stats.mode & 0o111n) !== 0n,
});

export const sameLook = (a: FileLook, b: FileLook): boolean =>
  a.size === b.size && a.mtime === b.mtime && sameInode(a, b) && a.device === b.device;

import { type BigIntStats, closeSync, constants, opendirSync, readSync, statSync, writeSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { inWords, PeerdexError } from '../../core/errors.ts';
import { PRIVATE_PREFIX } from '../../core/index-path.ts';
import type { RootIdentity } from '../../core/ports/local-file-store.ts';
import { isWeak, sameRoot } from '../../core/root-identity.ts';
import { lookOf } from './look.ts';
import { openBelowSync } from './safe-open.ts';

/** In the root of a share whose file system cannot tell it from another one; scans pass it over. */
export const MARKER_FILE = `${PRIVATE_PREFIX}share`;

/** What stands at a share's place. Throws `unavailable` unless it is a folder that can be read. */
export function rootAt(path: string): RootIdentity {
  try {
    opendirSync(path).closeSync();
    const root = identityOf(statSync(path, { bigint: true }));
    return isWeak(root) ? { ...root, marker: readMarker(path) } : root;
  } catch (error) {
    throw new PeerdexError('unavailable', `${path} cannot be read: ${inWords(error)}`, { cause: error });
  }
}

/** Whether the root that stands at a share's place is the one that was shared, as far as can be told without opening anything. */
export async function isRootAt(path: string, before: RootIdentity | undefined): Promise<boolean> {
  const stats = await stat(path, { bigint: true }).catch(() => undefined);
  if (!stats || !before) return stats !== undefined;
  const now = identityOf(stats);
  return isWeak(now) ? now.device === before.device : sameRoot(before, now);
}

/** Gives a root a marker where it needs one and has none. `id`: 32 hex digits. A folder that cannot be written goes without. */
export function markRoot(path: string, root: RootIdentity, id: string): RootIdentity {
  if (!isWeak(root) || root.marker !== undefined) return root;
  try {
    const fd = openBelowSync(path, MARKER_FILE, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL);
    try {
      writeSync(fd, `${id}\n`);
    } finally {
      closeSync(fd);
    }
    return { ...root, marker: id };
  } catch {
    return root;
  }
}

function identityOf(stats: BigIntStats): RootIdentity {
  const { device, inode } = lookOf(stats);
  return { device, inode, birth: stats.birthtimeNs > 0n ? stats.birthtimeNs : undefined };
}

function readMarker(path: string): string | undefined {
  let fd: number;
  try {
    fd = openBelowSync(path, MARKER_FILE, constants.O_RDONLY);
  } catch {
    return undefined;
  }
  try {
    const buffer = Buffer.alloc(64);
    const text = buffer.toString('latin1', 0, readSync(fd, buffer, 0, buffer.length, 0));
    return /^[0-9a-f]{32}(?=\n)/.exec(text)?.[0];
  } finally {
    closeSync(fd);
  }
}

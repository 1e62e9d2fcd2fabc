import { closeSync, constants, fstatSync, lstatSync, readSync } from 'node:fs';
import { systemCode } from '../../../core/errors.ts';
import type { ContentId } from '../../../core/ids.ts';
import { baseName, parentPath } from '../../../core/index-path.ts';
import type { SmallStanding, SmallWant } from '../../../core/ports/small-files.ts';
import type { LastFolder } from '../last-folder.ts';
import { lookOf, sameLook } from '../look.ts';
import { makeFoldersBelowSync, openInSync } from '../safe-open.ts';
import { failureOf } from './failure-of.ts';
import { hashesOf } from './small-hashes.ts';

/** What stands where these things are to go; a folder that is wanted is made. Never throws. */
export function lookSmall(
  root: string,
  wants: readonly SmallWant[],
  folders: LastFolder,
  buffer: Uint8Array,
  alive: () => void,
): readonly SmallStanding[] {
  let missing: string | undefined;
  return wants.map((want): SmallStanding => {
    alive();
    const parent = parentPath(want.relative);
    try {
      if (want.content === undefined) {
        missing = undefined;
        return { stands: 'folder', isNew: makeFoldersBelowSync(root, want.relative) };
      }
      if (parent === missing) return { stands: 'nothing' };
      const path = `${folders.enter(root, parent).path}/${baseName(want.relative)}`;
      const stats = lstatSync(path, { throwIfNoEntry: false });
      if (!stats) return { stands: 'nothing' };
      if (!stats.isFile() || stats.size !== want.size) return { stands: 'other' };
      return same(root, want.relative, want.content, folders, buffer);
    } catch (error) {
      if (want.content === undefined || !isMissing(error)) return { stands: 'failed', ...failureOf(error) };
      missing = parent;
      return { stands: 'nothing' };
    }
  });
}

function same(
  root: string,
  relative: string,
  content: ContentId,
  folders: LastFolder,
  buffer: Uint8Array,
): SmallStanding {
  const fd = openInSync(folders.enter(root, parentPath(relative)), baseName(relative), constants.O_RDONLY);
  try {
    const before = lookOf(fstatSync(fd, { bigint: true }));
    if (before.size > buffer.byteLength) return { stands: 'other' };
    let filled = 0;
    for (let read = -1; filled < before.size && read !== 0; filled += read)
      read = readSync(fd, buffer, filled, before.size - filled, null);
    const look = lookOf(fstatSync(fd, { bigint: true }));
    const hashes = hashesOf(content, buffer.subarray(0, filled));
    return hashes && filled === before.size && sameLook(before, look)
      ? // Out of Node's pool of buffers, of which a message would take all along.
        { stands: 'same', look, hashes: Uint8Array.from(hashes) }
      : { stands: 'other' };
  } finally {
    closeSync(fd);
  }
}

const isMissing = (error: unknown): boolean =>
  systemCode(error) === 'ENOENT' || systemCode((error as Error).cause) === 'ENOENT';

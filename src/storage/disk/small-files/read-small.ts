import { closeSync, constants, fstatSync, readSync } from 'node:fs';
import { systemCode } from '../../../core/errors.ts';
import { baseName, parentPath } from '../../../core/index-path.ts';
import type { SmallMiss } from '../../../core/ports/small-files.ts';
import type { LastFolder } from '../last-folder.ts';
import { mtimeOf } from '../look.ts';
import { openAnyInSync } from '../safe-open.ts';
import type { ReadList } from './read-list.ts';

/** Reads files one after the other into their buffer, each from the first of its places that still looks as it did. Never throws. */
export function readSmall(list: ReadList, folders: LastFolder, alive: () => void): readonly SmallMiss[] {
  const paths = list.paths.split('\0');
  const misses: SmallMiss[] = [];
  let line = 0;
  let nth = 0;
  for (const [read, buffer] of list.buffers.entries()) {
    let offset = 0;
    for (let file = 0; file < list.files[read]!; file += 1, nth += 1) {
      const end = line + (list.places ? list.places[nth]! : 1);
      const size = line < end ? Number(list.looks[2 * line]) : 0;
      const problems: string[] = [];
      let place: number | undefined;
      for (let at = line; at < end && place === undefined; at += 1) {
        const look = { root: paths[2 * at]!, relative: paths[2 * at + 1]!, mtime: list.looks[2 * at + 1]! };
        const problem = readOne(look, buffer, offset, size, folders);
        alive();
        if (problem === undefined) place = at - line;
        else problems.push(problem);
      }
      if (place !== 0) misses.push({ read, file, place, problems });
      offset += size;
      line = end;
    }
  }
  return misses;
}

interface Look {
  readonly root: string;
  readonly relative: string;
  readonly mtime: bigint;
}

/** Undefined, or why it cannot be given. */
function readOne(
  { root, relative, mtime }: Look,
  into: Uint8Array,
  offset: number,
  size: number,
  folders: LastFolder,
): string | undefined {
  let fd: number | undefined;
  try {
    fd = openAnyInSync(folders.enter(root, parentPath(relative)), baseName(relative), constants.O_RDONLY);
    for (let filled = 0; filled < size; ) {
      // From a place of the file, which takes nothing out of a pipe that stands there now.
      const read = readSync(fd, into, offset + filled, size - filled, filled);
      if (read === 0) return 'changed';
      filled += read;
    }
    // Looked at after the read: bytes of a file that changes meanwhile are not sent.
    const stats = fstatSync(fd, { bigint: true });
    return mtimeOf(stats) === mtime && Number(stats.size) === size && stats.isFile() ? undefined : 'changed';
  } catch (error) {
    return systemCode(error) ?? systemCode((error as Error).cause) ?? 'failed';
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

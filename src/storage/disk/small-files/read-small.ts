import { closeSync, constants, fstatSync, readSync } from 'node:fs';
import { systemCode } from '../../../core/errors.ts';
import { baseName, parentPath } from '../../../core/index-path.ts';
import type { LocalFile } from '../../../core/ports/local-contents.ts';
import type { SmallRead, SmallReads } from '../../../core/ports/small-files.ts';
import type { LastFolder } from '../last-folder.ts';
import { openInSync } from '../safe-open.ts';

/** Reads files one after the other into a buffer, each from the first of its places that still looks as it did. Never throws. */
export function readSmall(
  { files, buffer }: SmallReads,
  folders: LastFolder,
  alive: () => void,
): readonly SmallRead[] {
  let offset = 0;
  return files.map((places) => {
    const size = places[0]?.size ?? 0;
    const into = buffer.subarray(offset, offset + size);
    offset += size;
    const problems: string[] = [];
    for (const [place, file] of places.entries()) {
      const problem = readOne(file, into, folders);
      alive();
      if (problem === undefined) return { place, problems };
      problems.push(problem);
    }
    return { place: undefined, problems };
  });
}

/** Undefined, or why it cannot be given. */
function readOne(file: LocalFile, into: Uint8Array, folders: LastFolder): string | undefined {
  let fd: number | undefined;
  try {
    const folder = folders.enter(file.root, parentPath(file.relative));
    fd = openInSync(folder, baseName(file.relative), constants.O_RDONLY);
    for (let filled = 0; filled < file.size; ) {
      const read = readSync(fd, into, filled, file.size - filled, null);
      if (read === 0) return 'changed';
      filled += read;
    }
    // Looked at after the read: bytes of a file that changes meanwhile are not sent.
    const { size, mtimeNs } = fstatSync(fd, { bigint: true });
    return Number(size) === file.size && mtimeNs === file.mtime ? undefined : 'changed';
  } catch (error) {
    return systemCode(error) ?? systemCode((error as Error).cause) ?? 'failed';
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

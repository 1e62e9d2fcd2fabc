import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { readdir, stat, statfs, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { asPeerdexError, PeerdexError, systemCode } from '../../core/errors.ts';
import { baseName, PRIVATE_PREFIX, parentPath } from '../../core/index-path.ts';
import type { Destination } from '../../core/ports/partial.ts';
import { giveName, syncFolder } from './give-name.ts';
import { writeAll } from './map-file.ts';
import { makeFoldersBelow, openBelow, withFolderBelow } from './safe-open.ts';

const PREFIX = `${PRIVATE_PREFIX}drop-`;
/** Left free for everybody else. */
const MARGIN_BYTES = 8 * 1024 * 1024;

/**
 * Writes a new file of `size` bytes below a folder that is there, as they come; it gets its name when all are on disk. Nothing is replaced, no
 * link followed. `relative`: checked. Throws `conflict`, `no-space`, `usage` for more or fewer bytes, `forbidden` or `failed`.
 */
export async function writeNewFile(
  { root, relative }: Destination,
  size: number,
  bytes: AsyncIterable<Uint8Array>,
): Promise<void> {
  const name = baseName(relative);
  const folder = parentPath(relative);
  const { bavail, bsize } = await statfs(root);
  if (size + MARGIN_BYTES > bavail * bsize) throw noSpace();
  await makeFoldersBelow(root, folder);
  await mustBeFree(root, folder, name);
  const temporary = `${PREFIX}${randomBytes(8).toString('hex')}.part`;
  const file = await openBelow(root, temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL);
  try {
    let at = 0;
    for await (const piece of bytes) {
      if (at + piece.byteLength > size)
        throw new PeerdexError('usage', `${name}: more came than was announced`);
      await writeAll(file, piece, at);
      at += piece.byteLength;
    }
    if (at < size) throw new PeerdexError('usage', `${name}: only ${at} of ${size} bytes came`);
    await file.sync();
    await file.close();
    await withFolderBelow(root, '', (top) =>
      withFolderBelow(root, folder, async (into) => {
        await giveName(`${top}/${temporary}`, into, name, false);
        await syncFolder(into);
      }),
    );
  } catch (error) {
    await file.close().catch(() => {});
    await withFolderBelow(root, '', (top) => unlink(`${top}/${temporary}`)).catch(() => {});
    if (systemCode(error) === 'ENOSPC' || systemCode(error) === 'EDQUOT') throw noSpace(error);
    if (error instanceof PeerdexError && error.code === 'conflict') throw taken(name);
    throw asPeerdexError(error, `cannot write ${name}`);
  }
}

/** Removes what a process that was killed has left of files that had not come whole. */
export async function clearDropped(root: string): Promise<void> {
  const names = await readdir(root).catch(() => []);
  for (const name of names) if (name.startsWith(PREFIX)) await unlink(join(root, name)).catch(() => {});
}

/** Before any of its bytes is read. */
async function mustBeFree(root: string, folder: string, name: string): Promise<void> {
  await withFolderBelow(root, folder, async (path) => {
    const standing = await stat(`${path}/${name}`).catch((error: unknown) => systemCode(error));
    if (standing !== 'ENOENT') throw taken(name);
  });
}

const taken = (name: string): PeerdexError =>
  new PeerdexError('conflict', `${name} is in the downloads folder already`, {
    hint: 'rename the file and drop it again; nothing is replaced',
  });

const noSpace = (cause?: unknown): PeerdexError =>
  new PeerdexError('no-space', 'there is not enough room in the downloads folder', {
    cause,
    hint: 'make room, then drop the file again',
  });

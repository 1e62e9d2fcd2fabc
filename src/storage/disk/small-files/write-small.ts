import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  futimesSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { systemCode } from '../../../core/errors.ts';
import { baseName, PRIVATE_PREFIX, parentPath } from '../../../core/index-path.ts';
import type { FileLook } from '../../../core/ports/local-file-store.ts';
import type { SmallWrite, SmallWritten } from '../../../core/ports/small-files.ts';
import type { OpenFolder } from '../below-root.ts';
import type { LastFolder } from '../last-folder.ts';
import { lookOf } from '../look.ts';
import { createInSync, makeFoldersBelowSync } from '../safe-open.ts';
import { failureOf } from './failure-of.ts';
import { hashesOf } from './small-hashes.ts';

export interface WriteSmall {
  readonly root: string;
  readonly buffer: Uint8Array;
  readonly files: readonly SmallWrite[];
  readonly overwrite: boolean;
  readonly flush: boolean;
  /** In the names of partials. */
  readonly owner: string;
}

/**
 * Each file is verified, written under a partial's name, flushed, and then named; each folder is flushed when its last neighbour is
 * written. Never throws; what failed leaves nothing behind.
 */
export function writeSmall(
  batch: WriteSmall,
  folders: LastFolder,
  alive: () => void,
): readonly SmallWritten[] {
  const written: SmallWritten[] = [];
  for (let next = 0; next < batch.files.length; ) {
    const first = next;
    const parent = parentPath(batch.files[first]!.relative);
    let isChanged = false;
    do {
      alive();
      const one = writeVerified(batch, batch.files[next]!, parent, folders);
      isChanged ||= one.outcome === 'written';
      written.push(one);
      next += 1;
    } while (next < batch.files.length && parentPath(batch.files[next]!.relative) === parent);
    if (!batch.flush || !isChanged) continue;
    alive();
    const failure = flushFolder(batch.root, parent, folders);
    if (!failure) continue;
    for (let i = first; i < next; i += 1)
      if (written[i]!.outcome === 'written') written[i] = { outcome: 'failed', ...failure };
  }
  return written;
}

function writeVerified(
  batch: WriteSmall,
  file: SmallWrite,
  parent: string,
  folders: LastFolder,
): SmallWritten {
  try {
    const hashes = hashesOf(file.content, batch.buffer.subarray(file.offset, file.offset + file.size));
    if (!hashes) return { outcome: 'wrong' };
    const look = writeOne(batch, file, enterOrMake(batch.root, parent, folders));
    return look ? { outcome: 'written', look, hashes } : { outcome: 'taken' };
  } catch (error) {
    return { outcome: 'failed', ...failureOf(error, batch.root, file.relative) };
  }
}

function enterOrMake(root: string, parent: string, folders: LastFolder): OpenFolder {
  try {
    return folders.enter(root, parent);
  } catch (error) {
    if (systemCode((error as Error).cause) !== 'ENOENT') throw error;
    makeFoldersBelowSync(root, parent);
    return folders.enter(root, parent);
  }
}

/** Undefined where something stands under its name. */
function writeOne(
  { buffer, overwrite, flush, owner }: WriteSmall,
  { relative, content, offset, size, mtime, executable }: SmallWrite,
  folder: OpenFolder,
): FileLook | undefined {
  const name = baseName(relative);
  const part = `${PRIVATE_PREFIX}${content.slice(0, 32)}-${owner.slice(0, 12)}.part`;
  const fd = create(folder, part, executable ? 0o777 : 0o666);
  let isNamed = false;
  try {
    for (let done = 0; done < size; ) done += writeSync(fd, buffer, offset + done, size - done, null);
    if (mtime !== undefined) setTime(fd, mtime);
    if (flush) fsyncSync(fd);
    isNamed = giveName(folder.path, part, name, overwrite);
    return isNamed ? lookOf(fstatSync(fd, { bigint: true })) : undefined;
  } finally {
    closeSync(fd);
    if (!isNamed) unlinkSync(`${folder.path}/${part}`);
  }
}

/** What a killed process left under that name is replaced: nothing is known of it. */
function create(folder: OpenFolder, part: string, mode: number): number {
  try {
    return createInSync(folder, part, mode);
  } catch (error) {
    if (systemCode((error as Error).cause) !== 'EEXIST') throw error;
    unlinkSync(`${folder.path}/${part}`);
    return createInSync(folder, part, mode);
  }
}

/** To the microsecond, as the system call takes it. A time that the file system cannot keep is no reason not to have the file. */
function setTime(fd: number, mtime: bigint): void {
  const seconds = Number(mtime) / 1e9;
  try {
    futimesSync(fd, seconds, seconds);
  } catch {
    // It keeps the time of its writing.
  }
}

/** False where something stands there that must not be replaced. */
function giveName(folder: string, from: string, to: string, overwrite: boolean): boolean {
  if (overwrite) {
    if (lstatSync(`${folder}/${to}`, { throwIfNoEntry: false })?.isDirectory()) return false;
    renameSync(`${folder}/${from}`, `${folder}/${to}`);
    return true;
  }
  try {
    linkSync(`${folder}/${from}`, `${folder}/${to}`);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    // A file system without hard links: a short race is left between looking and renaming.
    if (lstatSync(`${folder}/${to}`, { throwIfNoEntry: false })) return false;
    renameSync(`${folder}/${from}`, `${folder}/${to}`);
    return true;
  }
  unlinkSync(`${folder}/${from}`);
  return true;
}

/** Why it could not be flushed. */
function flushFolder(
  root: string,
  relative: string,
  folders: LastFolder,
): ReturnType<typeof failureOf> | undefined {
  if (process.platform === 'win32') return undefined;
  try {
    const fd = openSync(folders.enter(root, relative).path, constants.O_RDONLY);
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    return undefined;
  } catch (error) {
    return failureOf(error, root, relative);
  }
}

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
 * Each file is verified, written under a partial's name, flushed, and then named; at the end each folder is flushed once. Never throws;
 * what failed leaves nothing behind.
 */
export function writeSmall(
  batch: WriteSmall,
  folders: LastFolder,
  alive: () => void,
): readonly SmallWritten[] {
  const touched = new Set<string>();
  const written = batch.files.map((file): SmallWritten => {
    alive();
    try {
      const hashes = hashesOf(file.content, batch.buffer.subarray(file.offset, file.offset + file.size));
      if (!hashes) return { outcome: 'wrong' };
      const parent = parentPath(file.relative);
      const look = writeOne(batch, file, enterOrMake(batch.root, parent, folders));
      if (!look) return { outcome: 'taken' };
      touched.add(parent);
      return { outcome: 'written', look, hashes };
    } catch (error) {
      return { outcome: 'failed', ...failureOf(error, batch.root, file.relative) };
    }
  });
  if (!batch.flush) return written;
  const unflushed = new Map<string, ReturnType<typeof failureOf>>();
  for (const parent of touched) {
    alive();
    try {
      flushFolder(folders.enter(batch.root, parent));
    } catch (error) {
      unflushed.set(parent, failureOf(error, batch.root, parent));
    }
  }
  return written.map((one, i) => {
    const failure = unflushed.get(parentPath(batch.files[i]!.relative));
    return failure && one.outcome === 'written' ? { outcome: 'failed', ...failure } : one;
  });
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

function flushFolder(folder: OpenFolder): void {
  if (process.platform === 'win32') return;
  const fd = openSync(folder.path, constants.O_RDONLY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

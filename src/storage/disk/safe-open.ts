import { closeSync, constants, existsSync, fstatSync, mkdirSync, openSync, readlinkSync } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { PeerdexError, systemCode } from '../../core/errors.ts';
import { componentsOf, folderByRealPathSync, type OpenFolder, openFailure } from './below-root.ts';

/**
 * Opens a regular file below a folder without ever following a link and without waiting for a FIFO. `relative`: as the file
 * system spells it, `/` between components. `flags`: as in `fs.constants`. Throws `not-found`, `forbidden` where a link or
 * no regular file stands, `failed` otherwise, always with the system's error as cause.
 */
export async function openBelow(
  root: string,
  relative: string,
  flags: number,
  mode = 0o666,
): Promise<FileHandle> {
  const { folder, name } = split(relative);
  return withFolderBelow(root, folder, async (path) => {
    const handle = await open(`${path}/${name}`, flags | SAFE, mode).catch((error: unknown) => {
      throw openFailure(root, relative, error);
    });
    if (fstatSync(handle.fd).isFile()) return handle;
    await handle.close();
    throw notRegular(root, relative);
  });
}

/** As openBelow; gives a file descriptor. */
export function openBelowSync(root: string, relative: string, flags: number, mode = 0o666): number {
  const { folder, name } = split(relative);
  const within = openFolderBelowSync(root, folder);
  try {
    return openInSync(within, name, flags, mode);
  } finally {
    within.close();
  }
}

/** Opens a regular file directly in a folder that is held open. Errors as openBelow. */
export function openInSync(folder: OpenFolder, name: string, flags: number, mode = 0o666): number {
  const fd = openAnyInSync(folder, name, flags, mode);
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  throw notRegular(folder.asked, name);
}

/** As openInSync, but it may be no regular file: for who looks at it himself before its bytes are used. */
export function openAnyInSync(folder: OpenFolder, name: string, flags: number, mode = 0o666): number {
  try {
    return openSync(`${folder.path}/${name}`, flags | SAFE, mode);
  } catch (error) {
    throw openFailure(folder.asked, name, error);
  }
}

/** Makes a file of which nothing stood under its name, so that it is a regular one. Errors as openBelow. */
export function createInSync(folder: OpenFolder, name: string, mode: number): number {
  try {
    return openSync(`${folder.path}/${name}`, CREATE, mode);
  } catch (error) {
    throw openFailure(folder.asked, name, error);
  }
}

/** Holds a folder below `root` ('' is the root itself) open. Errors as openBelow. */
export function openFolderBelowSync(root: string, relative: string): OpenFolder {
  if (DESCRIPTORS === undefined) return folderByRealPathSync(root, relative);
  try {
    let fd = openSync(root, FOLDER);
    for (const component of componentsOf(relative)) {
      const parent = fd;
      try {
        fd = openSync(`${DESCRIPTORS}/${parent}/${component}`, FOLDER | constants.O_NOFOLLOW);
      } finally {
        closeSync(parent);
      }
    }
    const asked = relative === '' ? root : `${root}/${relative}`;
    return { path: `${DESCRIPTORS}/${fd}`, asked, close: () => closeSync(fd) };
  } catch (error) {
    throw openFailure(root, relative, error);
  }
}

/**
 * Runs `use` with the path of a folder below `root` that is held open meanwhile: see OpenFolder. Errors as openBelow. The folders are
 * opened by synchronous calls: a few microseconds, where a trip to the thread pool for each component took most of a small file's time.
 */
export async function withFolderBelow<T>(
  root: string,
  relative: string,
  use: (path: string) => Promise<T>,
): Promise<T> {
  const folder = openFolderBelowSync(root, relative);
  try {
    return await use(folder.path);
  } finally {
    folder.close();
  }
}

/** Makes every folder of `relative` that is missing below `root`, which must be there. Errors as openBelow, or `no-space`. */
export async function makeFoldersBelow(root: string, relative: string): Promise<void> {
  let made = '';
  for (const component of componentsOf(relative)) {
    await withFolderBelow(root, made, async (path) => {
      await mkdir(`${path}/${component}`).catch((error: unknown) => {
        if (systemCode(error) !== 'EEXIST') throw openFailure(root, relative, error);
      });
    });
    made = made === '' ? component : `${made}/${component}`;
  }
  await withFolderBelow(root, made, async () => {});
}

/** As makeFoldersBelow. True where the last of them was not there before. */
export function makeFoldersBelowSync(root: string, relative: string): boolean {
  let made = '';
  let isNew = false;
  for (const component of componentsOf(relative)) {
    const folder = openFolderBelowSync(root, made);
    try {
      mkdirSync(`${folder.path}/${component}`);
      isNew = true;
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw openFailure(root, relative, error);
      isNew = false;
    } finally {
      folder.close();
    }
    made = made === '' ? component : `${made}/${component}`;
  }
  openFolderBelowSync(root, made).close();
  return isNew;
}

/** Linux opens by descriptor, component by component; elsewhere the real path is compared, which leaves a short race. */
const DESCRIPTORS = ownDescriptors();
/** O_PATH of Linux: the folder is only passed through, so that permission to search it is enough. */
const O_PATH = 0o10000000;
const FOLDER = (constants.O_DIRECTORY ?? 0) | O_PATH;
const SAFE = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | SAFE;

/** Where this process's descriptors are: by its number, which takes half a microsecond less for each path, unless /proc counts otherwise. */
function ownDescriptors(): string | undefined {
  if (process.platform !== 'linux' || !existsSync('/proc/self/fd')) return undefined;
  return `/proc/${readlinkSync('/proc/self') === String(process.pid) ? process.pid : 'self'}/fd`;
}

function split(relative: string): { folder: string; name: string } {
  componentsOf(relative);
  const slash = relative.lastIndexOf('/');
  if (relative === '') throw notRegular('', relative);
  return { folder: slash < 0 ? '' : relative.slice(0, slash), name: relative.slice(slash + 1) };
}

const notRegular = (root: string, relative: string): PeerdexError =>
  new PeerdexError('forbidden', `${root}/${relative} is not a regular file`);

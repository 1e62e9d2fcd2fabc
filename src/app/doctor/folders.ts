import { randomBytes } from 'node:crypto';
import { type BigIntStats, constants } from 'node:fs';
import { access, open, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemCode } from '../../core/errors.ts';
import { PRIVATE_PREFIX } from '../../core/index-path.ts';
import type { Rotten } from '../../core/ports/verify-store.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const LEAST_ROOM = 64 * 2 ** 20;
const GOOD_ROOM = 2 * 2 ** 30;

/** Whether a folder can be written, and how much room its disk has. `check`: its name, as in `data`; `what`: as in 'the data folder'. */
export async function checkFolder(check: string, what: string, folder: string): Promise<readonly Finding[]> {
  const found = await lookAt(folder);
  if (found === undefined) {
    const above = dirname(folder);
    if (above === folder || !(await isWritable(above)))
      return [
        fail(check, `${what} ${folder} is not there and cannot be made`, 'make it, or name another one'),
      ];
    return [ok(check, `${what} ${folder} is not there yet; it will be made`)];
  }
  if (!found.isDirectory())
    return [fail(check, `${what} ${folder} is no folder`, 'move what is there, or name another one')];
  const problem = await tryToWrite(folder);
  if (problem !== undefined) {
    const todo = 'make it writable for the user that runs peerdex, free its disk, or name another folder';
    return [fail(check, `${what} ${folder} cannot be written: ${problem}`, todo)];
  }
  return [await roomOf(check, what, folder)];
}

/** Whether each shared folder is there, can be read, and holds nothing that rotted. */
export async function checkShares(
  shares: readonly {
    readonly name: string;
    readonly path: string;
    readonly inode?: bigint | undefined;
    readonly rotten: Rotten;
  }[],
): Promise<readonly Finding[]> {
  if (shares.length === 0) return [ok('shares', 'no folder is shared')];
  return Promise.all(
    shares.map(async ({ name, path, inode, rotten }) => {
      const found = await lookAt(path);
      const todo = `mount or make ${path} again, or \`peerdex unshare ${path}\``;
      if (!found?.isDirectory())
        return fail('shares', `the shared folder ${path} (${name}) is not there`, todo);
      if (!(await allows(path, constants.R_OK | constants.X_OK))) {
        return fail(
          'shares',
          `the shared folder ${path} (${name}) cannot be read`,
          'let the user that runs peerdex read it',
        );
      }
      if (inode !== undefined && found.ino !== inode) {
        return warn(
          'shares',
          `another folder than before stands at ${path} (${name})`,
          `if that is right, \`peerdex share ${path}\``,
        );
      }
      if (rotten.count > 0) {
        return fail(
          'shares',
          `in the shared folder ${path} (${name}) ${rotten.count === 1 ? 'a file has' : `${rotten.count} files have`} rotted: ${JSON.stringify(rotten.first)}`,
          'the disk may be failing; `peerdex verify` says how each of them is mended',
        );
      }
      return ok('shares', `the shared folder ${path} (${name}) can be read`);
    }),
  );
}

async function roomOf(check: string, what: string, folder: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(folder);
  const room = bavail * bsize;
  const text = `${what} ${folder} can be written, and its disk has ${(room / 1e9).toFixed(1)} GB free`;
  const todo = 'make room on that disk, or name a folder on another one';
  if (room < LEAST_ROOM) return fail(check, text, todo);
  return room < GOOD_ROOM ? warn(check, text, todo) : ok(check, text);
}

/** Writes a small file and takes it away again; why that failed, or undefined. Scans pass such names over. */
async function tryToWrite(folder: string): Promise<string | undefined> {
  const file = join(folder, `${PRIVATE_PREFIX}doctor-${randomBytes(6).toString('hex')}`);
  try {
    await using handle = await open(file, 'wx', 0o600);
    await handle.write('peerdex doctor\n');
    await handle.sync();
    return undefined;
  } catch (error) {
    return `${systemCode(error) ?? String(error)}`;
  } finally {
    await rm(file, { force: true }).catch(() => {});
  }
}

const lookAt = (path: string): Promise<BigIntStats | undefined> =>
  stat(path, { bigint: true }).catch(() => undefined);
const allows = (path: string, mode: number): Promise<boolean> =>
  access(path, mode).then(
    () => true,
    () => false,
  );
const isWritable = async (folder: string): Promise<boolean> => {
  const found = await lookAt(folder);
  if (found) return found.isDirectory() && allows(folder, constants.W_OK | constants.X_OK);
  return dirname(folder) !== folder && isWritable(dirname(folder));
};

import { constants } from 'node:fs';
import { lstat, open, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from '../../core/errors.ts';
import { PRIVATE_PREFIX } from '../../core/index-path.ts';

/**
 * Whether names that differ in case only are one name in this folder, or in the one above it in which it would be made. Only a try tells:
 * it can differ from folder to folder. Where nothing can be written the answer is no, and nothing will be.
 */
export async function foldsCase(folder: string): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const answer = await tryIn(folder);
    if (answer !== undefined) return answer;
  }
  return true; // names that could be one are left out
}

/** Always the same name: what a kill left behind goes with the next try. Undefined where another try took the file away meanwhile. */
async function tryIn(folder: string): Promise<boolean | undefined> {
  const path = `${folder}/${NAME}`;
  let inode: number;
  try {
    const file = await open(path, constants.O_WRONLY | constants.O_CREAT | SAFE);
    inode = await file.stat().then(
      ({ ino }) => ino,
      () => -1,
    );
    await file.close();
  } catch (error) {
    const above = dirname(folder);
    return systemCode(error) === 'ENOENT' && above !== folder ? foldsCase(above) : false;
  }
  try {
    const other = await inodeAt(`${folder}/${NAME.toUpperCase()}`);
    if (other === inode) return true;
    return (await inodeAt(path)) === inode ? false : undefined;
  } finally {
    await unlink(path).catch(() => {});
  }
}

const inodeAt = (path: string): Promise<number | undefined> =>
  lstat(path).then(
    ({ ino }) => ino,
    () => undefined,
  );

const NAME = `${PRIVATE_PREFIX}case`;
const TRIES = 100;
/** Whatever stands there, nothing waits. Absent on Windows. */
const SAFE = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

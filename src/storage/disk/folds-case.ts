import { randomBytes } from 'node:crypto';
import { lstat, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from '../../core/errors.ts';
import { PRIVATE_PREFIX } from '../../core/index-path.ts';

/**
 * Whether names that differ in case only are one name in this folder, or in the one above it in which it would be made. Only a try tells:
 * it can differ from folder to folder. Where nothing can be written the answer is no, and nothing will be.
 */
export async function foldsCase(folder: string): Promise<boolean> {
  const name = `${PRIVATE_PREFIX}case-${randomBytes(8).toString('hex')}`;
  try {
    await writeFile(`${folder}/${name}`, '', { flag: 'wx' });
  } catch (error) {
    const above = dirname(folder);
    return systemCode(error) === 'ENOENT' && above !== folder ? foldsCase(above) : false;
  }
  try {
    const [one, other] = await Promise.all([
      lstat(`${folder}/${name}`),
      lstat(`${folder}/${name.toUpperCase()}`),
    ]);
    return one.ino === other.ino;
  } catch {
    return false;
  } finally {
    await unlink(`${folder}/${name}`).catch(() => {});
  }
}

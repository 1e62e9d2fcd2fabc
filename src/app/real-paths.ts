import { realpathSync } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { PeerdexError } from '../core/errors.ts';

/** The path without links, or itself where nothing stands there. */
export function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** The folder's path without links. Throws `not-found`. */
export async function realFolder(path: string): Promise<string> {
  try {
    const real = await realpath(path);
    if ((await stat(real)).isDirectory()) return real;
  } catch (error) {
    throw new PeerdexError('not-found', `there is no folder ${path}`, { cause: error });
  }
  throw new PeerdexError('not-found', `${path} is no folder`);
}

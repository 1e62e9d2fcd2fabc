import { basename } from 'node:path';
import { PeerdexError } from '../core/errors.ts';
import { secretIn } from '../core/secret-folders.ts';
import { IGNORE_FILE } from '../storage/disk/ignore-rules.ts';

/** Throws `conflict` for where keys and passwords of a user are kept, and what lies there. `path` is a real path. */
export function refuseSecret(path: string): void {
  const secret = secretIn(path);
  if (secret === undefined) return;
  const what = path === secret ? `${path} is` : `${path} lies in ${secret},`;
  throw new PeerdexError(
    'conflict',
    `${what} where keys and passwords are kept, and is not shared by itself`,
    {
      hint: `where others are to have it, share a folder around it that has a line !${basename(secret)} in its ${IGNORE_FILE}`,
    },
  );
}

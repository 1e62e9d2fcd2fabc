import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PeerdexError } from '../core/errors.ts';

/** Whose state a data folder keeps. */
export type DataFolderKind = 'peer' | 'registry';

const KEYS = { peer: 'peer-key.pem', registry: 'network-key.pem' } as const;

/**
 * Throws `conflict` for a data folder that keeps the other kind of daemon and not this one: each would write over the join link of the
 * other, and care for the registry would not know which is meant.
 */
export function refuseOtherKind(dir: string, kind: DataFolderKind): void {
  const other = kind === 'peer' ? 'registry' : 'peer';
  if (existsSync(join(dir, KEYS[kind])) || !existsSync(join(dir, KEYS[other]))) return;
  throw new PeerdexError(
    'conflict',
    `${dir} is the data folder of a ${other}, and takes no ${kind} besides`,
    {
      hint: 'name another folder with --data',
    },
  );
}

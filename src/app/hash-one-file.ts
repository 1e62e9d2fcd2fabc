import { basename, dirname } from 'node:path';
import { PeerdexError } from '../core/errors.ts';
import type { Hasher, HashOutcome } from '../core/ports/disk.ts';

/** The file that was hashed by itself. */
export type HashedFile = Omit<Extract<HashOutcome, { outcome: 'hashed' }>, 'outcome'>;

/** Hashes one file and keeps nothing. Throws `not-found`, `forbidden`, `conflict` when it changes meanwhile, or `failed`. */
export async function hashOneFile(hasher: Hasher, path: string, signal?: AbortSignal): Promise<HashedFile> {
  const [outcome] = await hasher.hash(dirname(path), [basename(path)], signal);
  if (outcome?.outcome === 'hashed') return outcome;
  if (outcome?.outcome !== 'failed') {
    throw new PeerdexError('conflict', `${path} changed while it was hashed`, { retry: true });
  }
  const code = outcome.code === 'ENOENT' ? 'not-found' : outcome.code === 'ELOOP' ? 'forbidden' : 'failed';
  throw new PeerdexError(code, outcome.message);
}

import { dirname } from 'node:path';
import { PeerdexError, systemCode } from '../core/errors.ts';

/** Why a folder that a daemon needs cannot be made or written, in a sentence. `what`: `the data folder`; `flag` names another one. */
export function unusableFolder(what: string, dir: string, flag: string, cause: unknown): PeerdexError {
  const code = systemCode(cause) ?? '';
  const hint = `name another folder with ${flag}, or change who may write to this one`;
  const options = { cause, hint };
  if (code === 'EEXIST' || code === 'ENOTDIR') {
    return new PeerdexError('failed', `${what} ${dir} cannot be made: a file stands in its place`, options);
  }
  if (code === 'ENOENT') {
    const message = `${what} ${dir} cannot be made: ${dirname(dir)} takes no folders`;
    return new PeerdexError('failed', message, options);
  }
  const why = REASONS[code] ?? (cause instanceof Error ? cause.message : code);
  const message = `cannot write to ${what} ${dir}: ${why}`;
  return new PeerdexError(code === 'ENOSPC' ? 'no-space' : 'failed', message, options);
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'read-only file system',
  ENOSPC: 'no space is left',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'its links lead in a circle',
};

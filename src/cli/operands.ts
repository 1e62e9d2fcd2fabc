import path from 'node:path';
import { asPeerdexError, PeerdexError } from '../core/errors.ts';

/** As long as a system takes one. */
const MAX_PATH = 4096;

/** The absolute path that an operand names. An empty one, which a variable that is not set leaves, is none: throws `usage`. */
export function operandPath(text: string, cwd: string): string {
  const full = path.resolve(cwd, nonEmpty(text, 'a path'));
  if (full.length <= MAX_PATH) return full;
  throw new PeerdexError('usage', `a path of more than ${MAX_PATH} characters`);
}

/** Throws `usage` for an empty operand; `what` is wanted in its place. */
export function nonEmpty(text: string, what: string): string {
  if (text !== '') return text;
  throw new PeerdexError('usage', `an empty argument where ${what} is wanted`);
}

/** The id of a job; throws `not-found` for what can be none, as the daemon does for one that it does not know. */
export function jobOperand(text: string): string {
  if (/^[0-9a-z]{1,16}$/.test(text)) return text;
  throw new PeerdexError('not-found', `there is no job ${JSON.stringify(text.slice(0, 80))}`, {
    hint: '`peerdex jobs` lists them',
  });
}

/** What `read` makes of a flag's text. Throws `usage` as it does, with the flag's name before the sentence. */
export function readFlag<T>(flag: string, text: string, read: (text: string) => T): T {
  try {
    return read(text);
  } catch (error) {
    const { message, hint } = asPeerdexError(error);
    throw new PeerdexError('usage', `${flag}: ${message}`, { hint, cause: error });
  }
}

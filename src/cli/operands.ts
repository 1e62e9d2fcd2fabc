import path from 'node:path';
import { PeerdexError } from '../core/errors.ts';

/** The absolute path that an operand names. An empty one, which a variable that is not set leaves, is no folder: throws `usage`. */
export function operandPath(text: string, cwd: string): string {
  return path.resolve(cwd, nonEmpty(text, 'a folder'));
}

/** Throws `usage` for an empty operand; `what` is wanted in its place. */
export function nonEmpty(text: string, what: string): string {
  if (text !== '') return text;
  throw new PeerdexError('usage', `an empty argument where ${what} is wanted`);
}

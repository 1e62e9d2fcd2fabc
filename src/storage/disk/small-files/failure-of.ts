import { asPeerdexError, systemCode } from '../../../core/errors.ts';
import { openFailure } from '../below-root.ts';

/** An error as it passes between threads: a PeerdexError's code and sentence. */
export function failureOf(
  error: unknown,
  root = '',
  relative = '',
): { readonly code: string; readonly message: string } {
  const known = systemCode(error) === undefined ? asPeerdexError(error) : openFailure(root, relative, error);
  return { code: known.code, message: known.message };
}

import type { ErrorCode, PeerdexError } from '../../src/core/errors.ts';

/** The code of the error that a call fails with. Throws when it succeeds. */
export async function codeOf(call: Promise<unknown>): Promise<ErrorCode> {
  try {
    await call;
  } catch (error) {
    return (error as PeerdexError).code;
  }
  throw new Error('the call succeeded');
}

import assert from 'node:assert/strict';
import { type ErrorCode, PeerdexError } from '../../src/core/errors.ts';

/** Longest sentence of a refusal: it does not repeat all that it was given. 300 characters that JSON escapes are 1,800. */
const MOST_TEXT = 2000;

/** The outcome, or undefined after a refusal of one of these codes; any other end fails the target. */
export function orRefused<T>(codes: readonly ErrorCode[], attempt: () => T): T | undefined {
  try {
    return attempt();
  } catch (error) {
    assertRefusal(codes, error);
    return undefined;
  }
}

/** The same where the outcome is waited for. */
export async function laterOrRefused<T>(
  codes: readonly ErrorCode[],
  attempt: () => Promise<T> | T,
): Promise<T | undefined> {
  try {
    return await attempt();
  } catch (error) {
    assertRefusal(codes, error);
    return undefined;
  }
}

export function assertRefusal(codes: readonly ErrorCode[], error: unknown): asserts error is PeerdexError {
  if (!(error instanceof PeerdexError)) throw error;
  assert.ok(codes.includes(error.code), `${error.code}: ${error.message}`);
  assert.ok(error.message.length <= MOST_TEXT, `a refusal of ${error.message.length} characters`);
}

import type { ErrorCode } from '../core/errors.ts';

export const EXIT_DONE = 0;
export const EXIT_FAILED = 1;
export const EXIT_USAGE = 2;
export const EXIT_NOT_FOUND = 3;
export const EXIT_UNAVAILABLE = 4;
export const EXIT_VERIFICATION = 5;
export const EXIT_INTERRUPTED = 130;

/** The one map from error code to exit code. */
export const EXIT_OF: Readonly<Record<ErrorCode, number>> = {
  failed: EXIT_FAILED,
  usage: EXIT_USAGE,
  ambiguous: EXIT_USAGE,
  'not-found': EXIT_NOT_FOUND,
  unavailable: EXIT_UNAVAILABLE,
  verification: EXIT_VERIFICATION,
  conflict: EXIT_FAILED,
  unauthorized: EXIT_FAILED,
  forbidden: EXIT_FAILED,
  'no-space': EXIT_FAILED,
  unsupported: EXIT_FAILED,
  limit: EXIT_FAILED,
  range: EXIT_FAILED,
  interrupted: EXIT_INTERRUPTED,
};

/** The exit code of several things done at once: 0 when all are there, the one cause's code, or 1 where causes differ. */
export function exitOfAll(codes: readonly number[]): number {
  const causes = new Set(codes.filter((code) => code !== EXIT_DONE));
  if (causes.size === 0) return EXIT_DONE;
  return causes.size === 1 ? causes.values().next().value! : EXIT_FAILED;
}

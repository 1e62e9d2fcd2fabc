import type { Problem } from '../../protocol/http/operation.ts';

/** What a call to the peer failed with, in words for people. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** `unreachable`: the peer does not answer at all. */
  readonly code: Problem['code'] | 'unreachable';
  readonly hint: string | undefined;
  readonly candidates: NonNullable<Problem['candidates']>;

  constructor(
    code: ApiError['code'],
    message: string,
    more: Partial<Pick<Problem, 'hint' | 'candidates'>> = {},
  ) {
    super(message);
    this.code = code;
    this.hint = more.hint;
    this.candidates = more.candidates ?? [];
  }
}

/** The error that an answer outside 2xx stands for (RFC 9457, or nothing that we know). */
export async function errorOf(response: Response): Promise<ApiError> {
  const problem = (await response.json().catch(() => ({}))) as Partial<Problem>;
  if (typeof problem.code !== 'string')
    return new ApiError('failed', `the peer answered with HTTP status ${response.status}`);
  return new ApiError(problem.code, problem.detail ?? problem.code, problem);
}

export const unreachable = (): ApiError =>
  new ApiError('unreachable', 'Your peer does not answer.', {
    hint: 'Does peerdex still run on this machine? The page goes on by itself when it is back.',
  });

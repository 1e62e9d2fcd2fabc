import type { FastifyReply } from 'fastify';
import { PeerdexError } from '../../core/errors.ts';
import { type Problem, STATUS_OF } from '../../protocol/http/operation.ts';

export const PROBLEM_TYPE = 'application/problem+json';

/** RFC 9457. `status`: where HTTP has a more exact one than the code's own. */
export function problemOf(error: PeerdexError, status = STATUS_OF[error.code]): Problem {
  return {
    type: `urn:peerdex:error:${error.code}`,
    title: error.code.replaceAll('-', ' '),
    status,
    detail: error.message,
    code: error.code,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.retry ? { retry: true } : {}),
    ...(error.candidates === undefined
      ? {}
      : { candidates: error.candidates.slice(0, 1000) as Problem['candidates'] }),
  };
}

export function sendProblem(reply: FastifyReply, error: PeerdexError, status?: number): FastifyReply {
  const problem = problemOf(error, status);
  if (error.retryAfterMs !== undefined) reply.header('retry-after', Math.ceil(error.retryAfterMs / 1000));
  return reply.code(problem.status).type(PROBLEM_TYPE).serializer(JSON.stringify).send(problem);
}

/** What the framework refused (bad JSON, a body that is too large, …) as an error of ours, or undefined when it broke. */
export function refusalOf(error: FrameworkError): PeerdexError | undefined {
  const status = error.statusCode ?? 500;
  if (error.validation)
    return new PeerdexError('usage', `the request does not fit: ${error.message}`, { cause: error });
  if (status === 413) return new PeerdexError('limit', 'the request body is too large', { cause: error });
  if (status >= 400 && status < 500)
    return new PeerdexError('usage', `bad request: ${error.message}`, { cause: error });
  return undefined;
}

export interface FrameworkError extends Error {
  readonly statusCode?: number;
  readonly validation?: unknown;
}

import type { IncomingMessage } from 'node:http';
import { type Candidate, ERROR_CODES, type ErrorCode, PeerdexError } from '../../core/errors.ts';
import { UNKNOWN_CALL } from '../../protocol/http/operation.ts';
import { readBounded } from './bounded-body.ts';

const MAX_PROBLEM_BYTES = 1024 * 1024;
const MAX_TEXT = 4096;
const MAX_RETRY_AFTER_MS = 60_000;
/** What stands in front of a server answers with these when there is none behind it. */
const GATEWAY = [502, 503, 504];

/** The error that an answer outside 2xx stands for. Whatever came is bounded and of the right types after this. */
export async function problemError(message: IncomingMessage, server: string): Promise<PeerdexError> {
  const status = message.statusCode ?? 0;
  const problem = parse(await readBounded(message, MAX_PROBLEM_BYTES, server));
  const code = ERROR_CODES.find((one) => one === problem.code);
  if (code === undefined) {
    const otherwise: ErrorCode = GATEWAY.includes(status)
      ? 'unavailable'
      : status === 404
        ? 'not-found'
        : 'failed';
    return new PeerdexError(otherwise, `${server} answered with HTTP status ${status} and no explanation`);
  }
  if (status === 404 && text(problem.detail)?.startsWith(UNKNOWN_CALL)) return unknownCall(server);
  return new PeerdexError(code, text(problem.detail) ?? `${server} answered with ${code}`, {
    hint: text(problem.hint),
    retry: problem.retry === true,
    retryAfterMs: retryAfterMs(message.headers['retry-after']),
    candidates: Array.isArray(problem.candidates)
      ? problem.candidates.slice(0, 1000).flatMap(candidate)
      : undefined,
  });
}

/** Nobody finds nothing by it: a call that one release has and another has not is no answer to what was asked. */
const unknownCall = (server: string): PeerdexError =>
  new PeerdexError('unsupported', `${server} does not know this call: it is another version of peerdex`, {
    hint: 'update the older of the two, and start it again',
  });

/** Of seconds; a date (RFC 9110, 10.2.3) no peerdex sends. Nobody can make a client wait for ever. */
function retryAfterMs(header: string | undefined): number | undefined {
  return /^\d{1,9}$/.test(header ?? '') ? Math.min(MAX_RETRY_AFTER_MS, Number(header) * 1000) : undefined;
}

function parse(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value.slice(0, MAX_TEXT) : undefined;

function candidate(value: unknown): Candidate[] {
  const { what, note } = (value ?? {}) as Record<string, unknown>;
  const named = text(what);
  if (named === undefined) return [];
  const why = text(note);
  return [why === undefined ? { what: named } : { what: named, note: why }];
}

/**
 * Every failure that a user, a script or another peer may see is a PeerdexError. `code` decides the HTTP status and the
 * exit code (one table each, beside their edge), `retry` says whether the same call can succeed later without a change,
 * `hint` says what to do.
 */
export const ERROR_CODES = [
  'failed', // something broke; `cause` says what
  'usage', // the request makes no sense as written
  'ambiguous', // a name fits several things; `candidates` lists them
  'not-found',
  'unavailable', // no daemon, registry or holder answers, or not joined
  'verification', // bytes are not what their hash says
  'conflict', // something else stands where this would go
  'unauthorized', // no token, or a wrong one
  'forbidden', // a name or a Host that is never allowed
  'no-space',
  'unsupported', // another protocol version, a newer database
  'limit', // more than the configuration allows
  'range', // a byte range outside the content
  'interrupted',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** Something an ambiguous name could have meant. */
export interface Candidate {
  /** What to type instead. */
  readonly what: string;
  /** One line that tells it from the others. */
  readonly note?: string;
}

export interface PeerdexErrorOptions {
  readonly cause?: unknown;
  readonly hint?: string | undefined;
  readonly retry?: boolean | undefined;
  /** Milliseconds before which trying again is of no use; says that it is after them. */
  readonly retryAfterMs?: number | undefined;
  readonly candidates?: readonly Candidate[] | undefined;
}

export class PeerdexError extends Error {
  override readonly name = 'PeerdexError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly retry: boolean;
  readonly retryAfterMs: number | undefined;
  readonly candidates: readonly Candidate[] | undefined;

  constructor(code: ErrorCode, message: string, options: PeerdexErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.retry = options.retry ?? (code === 'unavailable' || options.retryAfterMs !== undefined);
    this.retryAfterMs = options.retryAfterMs;
    this.candidates = options.candidates;
  }
}

/** The error itself when it is a PeerdexError already, else one of code `failed` with it as cause. */
export function asPeerdexError(error: unknown, message?: string): PeerdexError {
  if (error instanceof PeerdexError) return error;
  const text = message ? `${message}: ${inWords(error, message)}` : textOf(error);
  return new PeerdexError('failed', text, { cause: error });
}

/**
 * What failed, for people: `EACCES: permission denied, open '/a'` without the code and the call. The path stands behind it in brackets
 * where `said`, what stands before it, is given and has it not.
 */
export function inWords(error: unknown, said?: string): string {
  const text = textOf(error);
  const { code, syscall } = (error ?? {}) as { code?: unknown; syscall?: unknown };
  const start = `${code}: `;
  const end = text.lastIndexOf(`, ${syscall}`);
  if (!text.startsWith(start) || end < start.length) return text;
  const path = text.slice(end + `, ${syscall} `.length).replace(/^'(.*)'$/, '$1');
  const why = text.slice(start.length, end);
  const isKnown = path === '' || OPEN_FOLDER.test(path) || said === undefined || said.includes(path);
  return isKnown ? why : `${why} (${path})`;
}

/** How folders that are open are named in calls: for nobody else. */
const OPEN_FOLDER = /^\/proc\/(?:self|\d+)\/fd\//;

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The system's code of a failed call (`ENOENT`, `ENOSPC`, …), also of one that a PeerdexError has as its cause, or undefined. */
export function systemCode(error: unknown): string | undefined {
  if (error instanceof PeerdexError) return systemCode(error.cause);
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

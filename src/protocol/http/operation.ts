import { ERROR_CODES, type ErrorCode } from '../../core/errors.ts';
import { type Static, type TObject, type TSchema, Type } from '../schema.ts';

/**
 * How an answer's body travels: one JSON document, JSON objects a line (a stream), server-sent events (a stream that a browser reads, one
 * JSON object each, whose `event` is also the event's type), or bytes of the handler's own type.
 */
export type AnswerKind = 'json' | 'ndjson' | 'events' | 'bytes';

/** One HTTP operation: the one place where its path, its shapes and its errors are said. */
export interface Operation {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** With `:name` for a path parameter; a last component `*` takes the rest of the path. */
  readonly path: string;
  /** One sentence for the OpenAPI document. */
  readonly summary: string;
  readonly params?: TObject;
  readonly query?: TObject;
  readonly body?: TSchema;
  /** The body is bytes (`application/octet-stream`) of any length, which the handler reads from its context as they come. */
  readonly bytes?: true;
  /** The JSON document, or one line of the stream; with `bytes`, what they are in JSON. Absent: no body (204), or other bytes. */
  readonly response?: TSchema;
  readonly kind?: AnswerKind;
  /** Needs no token, where the server wants one. */
  readonly open?: true;
  /** Every error that the operation itself gives; `usage` (a request that does not fit the schema), `unauthorized`, `forbidden` (Host) and `failed` belong to all. */
  readonly errors: readonly ErrorCode[];
}

/** What a client needs of an operation whose answers it trusts. */
export type Call = Pick<Operation, 'method' | 'path' | 'kind' | 'response'>;

export type Operations = Readonly<Record<string, Operation>>;

type StaticOr<S, Otherwise> = S extends TSchema ? Static<S> : Otherwise;

/** What a caller sends. */
export interface InputOf<O extends Operation> {
  params: StaticOr<O['params'], undefined>;
  query: StaticOr<O['query'], undefined>;
  body: StaticOr<O['body'], undefined>;
}

/** What a handler answers with and a client gets. */
export type OutputOf<O extends Operation> = StaticOr<O['response'], undefined>;

/** RFC 9457 problem details, with the members of a PeerdexError. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.Optional(Type.String()),
  code: Type.Enum(ERROR_CODES),
  hint: Type.Optional(Type.String()),
  retry: Type.Optional(Type.Boolean()),
  candidates: Type.Optional(
    Type.Array(Type.Object({ what: Type.String(), note: Type.Optional(Type.String()) }), { maxItems: 1000 }),
  ),
});
export type Problem = Static<typeof Problem>;

/** The one map from error code to HTTP status. */
export const STATUS_OF: Readonly<Record<ErrorCode, number>> = {
  failed: 500,
  usage: 400,
  ambiguous: 409,
  'not-found': 404,
  unavailable: 503,
  verification: 502,
  conflict: 409,
  unauthorized: 401,
  forbidden: 403,
  'no-space': 507,
  unsupported: 426,
  limit: 429,
  range: 416,
  interrupted: 499,
};

/** How servers begin what they say of a path that they do not serve. */
export const UNKNOWN_CALL = 'this server has no ';

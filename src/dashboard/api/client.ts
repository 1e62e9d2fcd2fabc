import type { CallInput } from '../../protocol/http/call-input.ts';
import { dashboardOperations } from '../../protocol/http/dashboard/operations.ts';
import type { Operation, Operations, OutputOf } from '../../protocol/http/operation.ts';
import { ApiError, errorOf, unreachable } from './api-error.ts';
import { endSession, sessionToken } from './session.ts';
import { readEvents, readLines } from './streams.ts';

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

type Arguments<O extends Operation> =
  Record<string, never> extends CallInput<O>
    ? [input?: CallInput<O>, options?: CallOptions]
    : [input: CallInput<O>, options?: CallOptions];

type Answer<O extends Operation> = O['kind'] extends 'ndjson' | 'events'
  ? AsyncGenerator<OutputOf<O>, void, undefined>
  : Promise<O['kind'] extends 'bytes' ? Response : OutputOf<O>>;

type Api<Ops extends Operations> = {
  readonly [Name in keyof Ops]: (...args: Arguments<Ops[Name]>) => Answer<Ops[Name]>;
};

interface Input {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

/** One typed method an operation of the peer. Methods reject with an ApiError, or with the signal's reason. */
export const api = makeApi(dashboardOperations);

function makeApi<const Ops extends Operations>(operations: Ops): Api<Ops> {
  const methods = Object.entries(operations).map(([name, operation]) => [
    name,
    (input: Input = {}, options: CallOptions = {}) => call(operation, input, options),
  ]);
  return Object.fromEntries(methods) as Api<Ops>;
}

function call(operation: Operation, input: Input, options: CallOptions): unknown {
  if (operation.kind === 'ndjson') return readLines(() => send(operation, input, options));
  if (operation.kind === 'events') return readEvents(() => send(operation, input, options));
  return document(operation, input, options);
}

async function document(operation: Operation, input: Input, options: CallOptions): Promise<unknown> {
  const response = await send(operation, input, options);
  if (operation.kind === 'bytes') return response;
  return operation.response ? response.json() : undefined;
}

async function send(operation: Operation, input: Input, { signal }: CallOptions): Promise<Response> {
  const token = sessionToken();
  const response = await fetch(pathOf(operation, input), {
    method: operation.method,
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(input.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(input.body === undefined ? {} : { body: JSON.stringify(input.body) }),
    signal: signal ?? null,
    credentials: 'omit',
    cache: 'no-store',
  }).catch((error: unknown) => {
    throw signal?.aborted ? error : unreachable();
  });
  if (response.ok) return response;
  const error = await errorOf(response);
  // The session has ended, most likely because the peer was started anew.
  if (error.code === 'unauthorized' && !operation.open && sessionToken() === token) endSession();
  throw error;
}

function pathOf(operation: Operation, { params = {}, query = {} }: Input): string {
  const path = operation.path.replace(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(String(params[name])),
  );
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) search.set(key, String(value));
  return search.size > 0 ? `${path}?${search}` : path;
}

export const isApiError = (error: unknown): error is ApiError => error instanceof ApiError;

import type { IncomingMessage } from 'node:http';
import type { CallInput } from '../../protocol/http/call-input.ts';
import type { Call, Operation, Operations, OutputOf } from '../../protocol/http/operation.ts';
import { readJson, readLines, readNothing } from './client-body.ts';
import { exchange } from './client-request.ts';
import type { CallOptions, Exchange, Transport } from './transport.ts';

export type { CallOptions, FitsSchema, Transport } from './transport.ts';

export interface BytesResponse {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** To be read to its end or destroyed. Fails when the connection ends too early. */
  readonly body: IncomingMessage;
}

type Arguments<O extends Operation> =
  Record<string, never> extends CallInput<O>
    ? [input?: CallInput<O>, options?: CallOptions]
    : [input: CallInput<O>, options?: CallOptions];

type Answer<O extends Operation> = O['kind'] extends 'ndjson'
  ? AsyncGenerator<OutputOf<O>, void, undefined>
  : Promise<O['kind'] extends 'bytes' ? BytesResponse : OutputOf<O>>;

export type Client<Ops extends Operations> = {
  readonly [Name in keyof Ops]: (...args: Arguments<Ops[Name]>) => Answer<Ops[Name]>;
};

/**
 * One typed method an operation. Methods reject with a PeerdexError: the server's own when it answered with a problem,
 * `unavailable` when it cannot be reached or is silent too long, `failed` when it answered with something else.
 */
export function createClient<const Ops extends Operations>(
  operations: Ops,
  transport: Transport,
): Client<Ops> {
  return createTrustingClient<Ops>(operations, transport);
}

/** The same for a server whose answers are taken as they come: of its operations it need not know more than where they are. */
export function createTrustingClient<Ops extends Operations>(
  calls: { readonly [Name in keyof Ops]: Call },
  transport: Transport,
): Client<Ops> {
  const methods = Object.entries<Call>(calls).map(([name, operation]) => [
    name,
    (input: Exchange['input'] = {}, options: CallOptions = {}) =>
      call({ operation, transport, input, options }),
  ]);
  return Object.fromEntries(methods) as Client<Ops>;
}

function call(one: Exchange): unknown {
  const { kind, response } = one.operation;
  if (kind === 'ndjson') return readLines(one);
  if (kind === 'bytes') return bytes(one);
  return response || kind === 'json' ? readJson(one, response ?? {}) : readNothing(one);
}

async function bytes(one: Exchange): Promise<BytesResponse> {
  const { message } = await exchange(one);
  return { status: message.statusCode ?? 0, headers: message.headers, body: message };
}

import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { InputOf, Operation, Operations, OutputOf } from '../../protocol/http/operation.ts';

/** What a handler knows of a request besides its input. */
export interface RequestContext {
  /**
   * Aborts when the request is over: its client went away, or its answer is out; and when the server closes: long polls answer then. Bytes
   * may go on until the server's connections end.
   */
  readonly signal: AbortSignal;
  readonly headers: IncomingHttpHeaders;
  readonly method: string;
  /** The IP address that asks, for log lines and for what one address may have; it says nothing of who asks. Empty on a Unix socket. */
  readonly remote: string;
  /** Keying material of the TLS session, 32 bytes that only its two ends know; undefined without TLS. */
  readonly exporter: () => Uint8Array | undefined;
  /** The body of an operation that takes `bytes`, as it comes. */
  readonly bytes?: AsyncIterable<Uint8Array> | undefined;
  /** Ends the connection, whatever is under way on it. */
  readonly disconnect: () => void;
}

/** An answer of bytes. `content-length` and `content-type` are the handler's to set; a body that fails ends the connection. */
export interface BytesAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body?: Readable | Uint8Array | undefined;
}

/**
 * What a handler of an operation returns: the response object, an AsyncIterable of them for `ndjson` and `events` (the first is awaited before
 * the status goes out, so what is thrown until then becomes a problem answer), a BytesAnswer for `bytes`. Several lines of `ndjson` that
 * come as one array are one write.
 */
export type AnswerOf<O extends Operation> = O['kind'] extends 'ndjson'
  ? AsyncIterable<OutputOf<O> | readonly OutputOf<O>[]>
  : O['kind'] extends 'events'
    ? AsyncIterable<OutputOf<O>>
    : O['kind'] extends 'bytes'
      ? BytesAnswer
      : OutputOf<O>;

export type Handler<O extends Operation> = (
  input: InputOf<O>,
  context: RequestContext,
) => Promise<AnswerOf<O>> | AnswerOf<O>;

/** One handler an operation. */
export type Handlers<Ops extends Operations> = { readonly [Name in keyof Ops]: Handler<Ops[Name]> };

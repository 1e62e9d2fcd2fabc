import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import { linkedAbort } from '../../core/linked-abort.ts';
import type { Operation } from '../../protocol/http/operation.ts';
import type { TObject } from '../../protocol/schema.ts';
import { exporterOf } from '../wire/exporter.ts';
import type { BytesAnswer, RequestContext } from './handlers.ts';

/** A handler whose types were checked where the table of handlers was made. */
export type AnyHandler = (input: unknown, context: RequestContext) => unknown;

/** Makes a Fastify handler of one operation's. `closing` aborts when the server closes. */
export function routeHandler(
  operation: Operation,
  handler: AnyHandler,
  closing: AbortSignal,
): RouteHandlerMethod {
  return async (request, reply) => {
    const input = {
      params: operation.params ? request.params : undefined,
      query: operation.query ? request.query : undefined,
      body: operation.body ? request.body : undefined,
    };
    const context = contextOf(request, reply, operation.kind === 'bytes' ? undefined : closing);
    const bytes = operation.bytes ? (request.body as Readable | undefined) : undefined;
    const answer = await handler(input, { ...context, bytes });
    if (operation.kind === 'ndjson') return sendLines(reply, answer as AsyncIterable<unknown>);
    if (operation.kind === 'events') return sendEvents(reply, answer as AsyncIterable<ServerEvent>);
    if (operation.kind === 'bytes') return sendBytes(request, reply, answer as BytesAnswer);
    if (!operation.response) return reply.code(204).send();
    return reply.type('application/json; charset=utf-8').send(JSON.stringify(answer));
  };
}

/** Turns the texts of a query into the numbers and booleans that the schema wants; what does not fit stays for ajv to refuse. */
export function coerceQuery(schema: TObject, query: Record<string, unknown>): void {
  for (const [key, { type }] of Object.entries(schema.properties as Record<string, { type?: string }>)) {
    const value = query[key];
    if (typeof value !== 'string') continue;
    if ((type === 'number' || type === 'integer') && /^-?\d+(\.\d+)?$/.test(value))
      query[key] = Number(value);
    if (type === 'boolean' && (value === 'true' || value === 'false')) query[key] = value === 'true';
  }
}

/** Why the signal of a request aborts whose answer is out: who noted the request forgets it then. */
const ANSWERED = new Error('the answer is out');

function contextOf(
  request: FastifyRequest,
  reply: FastifyReply,
  closing: AbortSignal | undefined,
): RequestContext {
  const linked = linkedAbort(closing);
  reply.raw.once('close', () => {
    linked.release();
    linked.abort(reply.raw.writableFinished ? ANSWERED : new Error('the client went away'));
  });
  return {
    signal: linked.signal,
    headers: request.headers,
    method: request.method,
    remote: request.socket.remoteAddress ?? '',
    exporter: () => exporterOf(request.socket),
    disconnect: () => void request.socket.destroy(),
  };
}

const sendLines = (reply: FastifyReply, objects: AsyncIterable<unknown>): Promise<FastifyReply> =>
  sendTexts(reply.type('application/x-ndjson; charset=utf-8'), objects, (one) =>
    Array.isArray(one) ? one.map(lineOf).join('') : lineOf(one),
  );

const lineOf = (object: unknown): string => `${JSON.stringify(object)}\n`;

interface ServerEvent {
  readonly event: string;
}

/** As the HTML standard has server-sent events (section 9.2); JSON has no line breaks of its own. */
const sendEvents = (reply: FastifyReply, events: AsyncIterable<ServerEvent>): Promise<FastifyReply> =>
  sendTexts(
    reply.type('text/event-stream; charset=utf-8').header('cache-control', 'no-store'),
    events,
    (one) => `event: ${one.event}\ndata: ${JSON.stringify(one)}\n\n`,
  );

async function sendTexts<T>(
  reply: FastifyReply,
  objects: AsyncIterable<T>,
  write: (one: T) => string,
): Promise<FastifyReply> {
  const iterator = objects[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (reply.raw.destroyed) {
    // The client went away meanwhile: nobody would read, so nothing below would end what has begun.
    await iterator.return?.();
    return reply.hijack();
  }
  return reply.send(Readable.from(texts(first, iterator, write), { objectMode: false }));
}

async function* texts<T>(
  first: IteratorResult<T>,
  rest: AsyncIterator<T>,
  write: (one: T) => string,
): AsyncGenerator<Buffer> {
  try {
    for (let next = first; !next.done; next = await rest.next()) yield Buffer.from(write(next.value));
  } finally {
    await rest.return?.();
  }
}

function sendBytes(request: FastifyRequest, reply: FastifyReply, answer: BytesAnswer): FastifyReply {
  reply.code(answer.status).headers(answer.headers);
  const { body } = answer;
  if (request.method === 'HEAD' || body === undefined) {
    if (body instanceof Readable) body.destroy();
    return reply.send();
  }
  return reply.send(body instanceof Readable || Buffer.isBuffer(body) ? body : Buffer.from(body));
}

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import fastifySwagger from '@fastify/swagger';
import { type FastifyInstance, fastify } from 'fastify';
import { PeerdexError } from '../../core/errors.ts';
import type { PortLimits } from '../../core/limits/limits.ts';
import type { Log } from '../../core/ports/log.ts';
import { type Operation, type Operations, UNKNOWN_CALL } from '../../protocol/http/operation.ts';
import { boundBodies, type RouteConfig } from './bodies-under-way.ts';
import { COMPILERS } from './compilers.ts';
import { makeGuard } from './guard.ts';
import { routeSchema } from './openapi.ts';
import { type FrameworkError, PROBLEM_TYPE, problemOf, refusalOf, sendProblem } from './problem.ts';
import { type AnyHandler, coerceQuery, routeHandler } from './route.ts';
import type { HttpServerOptions } from './server-options.ts';

const KEEP_ALIVE_MS = 30_000;

export interface App {
  readonly server: Server;
  /** Resolves when no answer is under way, at the latest after `ms`. */
  idle(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** The Fastify instance behind createHttpServer; it never listens. */
export async function buildApp<Ops extends Operations>(
  options: HttpServerOptions<Ops>,
  limits: PortLimits,
  closing: AbortSignal,
): Promise<App> {
  const { headerBytes, bodyBytes, headerMs, bodyMs } = limits;
  const app = fastify({
    logger: false,
    bodyLimit: bodyBytes,
    requestTimeout: headerMs + bodyMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: {
      headersTimeout: headerMs,
      connectionsCheckingInterval: Math.min(1000, headerMs),
      maxHeaderSize: headerBytes,
      // A request without Host is refused by the guard, with a sentence.
      requireHostHeader: false,
    },
    routerOptions: { maxParamLength: headerBytes },
    exposeHeadRoutes: false,
    schemaController: { compilersFactory: COMPILERS },
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error, _request, reply) => {
      sendProblem(reply, refusalOf(error) ?? internal(), error.statusCode);
    },
  });
  const guard = makeGuard(options);
  const openRoutes = new Set(
    Object.values(options.operations).flatMap((one) => (one.open ? routesOf(one) : [])),
  );
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ 'x-content-type-options': 'nosniff', ...options.headers });
    guard(request.headers, openRoutes.has(`${request.method} ${request.routeOptions.url}`));
  });
  boundBodies(app, limits);
  if (options.requestLog) logRequests(app, options.log);
  handleErrors(app, options);
  // Any type but JSON is refused: a page of another site can send the simple ones without being asked first.
  app.removeContentTypeParser('text/plain');
  await app.register(fastifySwagger, {
    openapi: { openapi: '3.1.0', info: { title: options.title, version: options.version } },
  });
  for (const [name, operation] of Object.entries(options.operations)) {
    const add = (to: FastifyInstance) =>
      addRoute(to, name, operation, options.handlers[name] as AnyHandler, closing);
    if (operation.bytes) await app.register(async (within) => add(takingBytes(within)));
    else add(app);
  }
  if (options.describesItself ?? true)
    app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  app.server.on('checkExpectation', refuseExpectation);
  const idle = trackAnswers(app);
  await app.ready();
  return { server: app.server, idle, close: () => app.close() };
}

function addRoute(
  app: FastifyInstance,
  name: string,
  operation: Operation,
  handler: AnyHandler,
  closing: AbortSignal,
): void {
  const { query } = operation;
  const route = {
    url: operation.path,
    handler: routeHandler(operation, handler, closing),
    ...(query
      ? {
          preValidation: async (request: { query: unknown }) =>
            coerceQuery(query, request.query as Record<string, unknown>),
        }
      : {}),
  };
  const schema = routeSchema(name, operation);
  const config = { bytes: operation.bytes } satisfies RouteConfig;
  app.route({ ...route, method: operation.method, schema, config: config as object });
  if (answersHead(operation)) {
    app.route({ ...route, method: 'HEAD', schema: { ...schema, hide: true } });
  }
}

/** Bodies of its routes are handed over as they come, and are of no other type. */
function takingBytes(within: FastifyInstance): FastifyInstance {
  within.removeAllContentTypeParsers();
  within.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload));
  return within;
}

/** The one place where what went wrong becomes an answer. Causes are logged and never sent. */
function handleErrors<Ops extends Operations>(
  app: FastifyInstance,
  { operations, log, describesItself = true }: HttpServerOptions<Ops>,
): void {
  app.setErrorHandler((error: FrameworkError, request, reply) => {
    if (error instanceof PeerdexError) {
      if (error.code === 'failed')
        log.error(`${request.method} ${shownUrl(request.url)}: ${error.message}`, {
          event: 'request-failed',
          request: request.id,
          error,
        });
      if (error.code === 'unauthorized') reply.header('www-authenticate', 'Bearer');
      return sendProblem(reply, error);
    }
    const refusal = refusalOf(error);
    if (refusal) return sendProblem(reply, refusal, error.statusCode);
    log.error(`${request.method} ${shownUrl(request.url)} broke: ${error.message}`, {
      event: 'request-failed',
      request: request.id,
      error,
    });
    return sendProblem(reply, internal());
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0]!;
    const methods = Object.values(operations).filter((one) => patternOf(one.path).test(path));
    const what = `${request.method} ${JSON.stringify(path.slice(0, 200))}`;
    if (methods.length > 0) {
      const allowed = methods.flatMap(methodsOf);
      reply.header('allow', [...new Set(allowed)].join(', '));
      return sendProblem(
        reply,
        new PeerdexError('usage', `this server has no ${what}, only other methods`),
        405,
      );
    }
    const hint = describesItself ? '/openapi.json lists what there is' : undefined;
    return sendProblem(reply, new PeerdexError('not-found', `${UNKNOWN_CALL}${what}`, { hint }));
  });
}

/** For log lines: the token of a link or a preview is a secret. */
const shownUrl = (url: string): string => url.replace(/^(\/(?:l|preview)\/)[^/?]+/, '$1…');

const answersHead = ({ kind, method }: Operation): boolean => kind === 'bytes' && method === 'GET';

const methodsOf = (one: Operation): string[] => (answersHead(one) ? [one.method, 'HEAD'] : [one.method]);

const routesOf = (one: Operation): string[] => methodsOf(one).map((method) => `${method} ${one.path}`);

const internal = (): PeerdexError =>
  new PeerdexError('failed', "something broke while this was answered; the server's log says what");

const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/:\w+/g, '[^/]+').replace(/\*$/, '.+')}$`);

function logRequests(app: FastifyInstance, log: Log): void {
  app.addHook('onResponse', async (request, reply) => {
    log.debug(`${request.method} ${shownUrl(request.url)} ${reply.statusCode}`, {
      event: 'request',
      request: request.id,
      ms: Math.round(reply.elapsedTime),
      remote: request.socket.remoteAddress ?? '',
    });
  });
}

function trackAnswers(app: FastifyInstance): App['idle'] {
  let open = 0;
  let whenIdle: (() => void) | undefined;
  app.server.on('request', (_request, response) => {
    open += 1;
    response.once('close', () => {
      open -= 1;
      if (open === 0) whenIdle?.();
    });
  });
  return (ms) =>
    new Promise((resolve) => {
      if (open === 0) return resolve();
      const timer = setTimeout(resolve, ms);
      whenIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
}

/** What the parser refuses never reaches a route: no request to answer, only a socket. */
function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, code, sentence] =
    BROKEN[error.code ?? ''] ?? ([400, 'usage', 'this is not an HTTP request'] as const);
  const body = JSON.stringify(problemOf(new PeerdexError(code, sentence), status));
  socket.end(
    `HTTP/1.1 ${status} Refused\r\ncontent-type: ${PROBLEM_TYPE}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}

/** `Expect` with anything but `100-continue` (RFC 9110, 10.1.1) reaches no route either. */
function refuseExpectation(_request: IncomingMessage, response: ServerResponse): void {
  const problem = problemOf(new PeerdexError('usage', 'this server meets no such expectation'), 417);
  const body = JSON.stringify(problem);
  const length = Buffer.byteLength(body);
  response
    .writeHead(417, { 'content-type': PROBLEM_TYPE, 'content-length': length, connection: 'close' })
    .end(body);
}

const BROKEN: Record<string, readonly [status: number, code: 'usage' | 'limit', sentence: string]> = {
  HPE_HEADER_OVERFLOW: [431, 'limit', 'the request headers are too large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'usage', 'the request took too long to arrive'],
};

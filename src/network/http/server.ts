import { createServer, type Server, type Socket } from 'node:net';
import type { Address } from '../../core/address.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Operations } from '../../protocol/http/operation.ts';
import { buildApp } from './app.ts';
import { Connections } from './connections.ts';
import type { Handlers } from './handlers.ts';

export interface HttpServerOptions<Ops extends Operations> {
  readonly title: string;
  /** Of the program, for the OpenAPI document. */
  readonly version: string;
  readonly operations: Ops;
  readonly handlers: Handlers<Ops>;
  /** Names besides IP literals and `localhost` that requests may bear as Host, without port. */
  readonly allowedHosts: () => readonly string[];
  /** When given, every request must bear it as `Authorization: Bearer`. */
  readonly token?: string | undefined;
  readonly log: Log;
  /** Most bytes of a request body; 1 MiB unless told. */
  readonly bodyLimit?: number;
  /** Most connections at a time; 2,000 unless told. More are closed at once. */
  readonly maxConnections?: number;
  /** One debug line a request. */
  readonly requestLog?: boolean;
  /** How long a client may take for its headers; 10 s unless told. Its whole request: three times that. */
  readonly headersTimeoutMs?: number;
}

export interface HttpServer {
  /** Serves an accepted connection; bytes that were read from it already are unshifted first. */
  accept(socket: Socket): void;
  /** Listens in one more place and says where: the address, or the path of the Unix socket. Rejects with the system's error. */
  listen(where: Address): Promise<Address>;
  listen(where: { readonly path: string }): Promise<string>;
  /** Long polls answer, other answers get a second to finish, then connections end. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const CLOSE_GRACE_MS = 1000;

/** An HTTP server for a table of operations: requests checked by their schemas, errors as problems, `/openapi.json`. */
export async function createHttpServer<Ops extends Operations>(
  options: HttpServerOptions<Ops>,
): Promise<HttpServer> {
  const closing = new AbortController();
  const app = await buildApp(options, closing.signal);
  const connections = new Connections(app.server, options.maxConnections ?? 2000);
  const listeners: Server[] = [];

  async function listen(where: Address): Promise<Address>;
  async function listen(where: { readonly path: string }): Promise<string>;
  async function listen(where: Address | { readonly path: string }): Promise<Address | string> {
    const listener = createServer((socket) => connections.add(socket));
    await startListening(listener, where);
    listeners.push(listener);
    const bound = listener.address();
    if (bound === null || typeof bound === 'string') return bound ?? '';
    return { host: (where as Address).host, port: bound.port };
  }

  let closed: Promise<void> | undefined;
  async function close(): Promise<void> {
    for (const listener of listeners) listener.close();
    closing.abort(new Error('the server closes'));
    connections.closeIdle();
    await app.idle(CLOSE_GRACE_MS);
    await app.close();
    connections.destroyAll();
  }
  const closeOnce = () => {
    closed ??= close();
    return closed;
  };
  return {
    accept: (socket) => connections.add(socket),
    listen,
    close: closeOnce,
    [Symbol.asyncDispose]: closeOnce,
  };
}

function startListening(listener: Server, where: Address | { readonly path: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    listener.once('error', reject);
    listener.listen('path' in where ? where : { port: where.port, host: where.host || undefined }, () => {
      listener.off('error', reject);
      resolve();
    });
  });
}

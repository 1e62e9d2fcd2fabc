import { createServer, type Server, type Socket } from 'node:net';
import type { Address } from '../../core/address.ts';
import { peerPortLimits } from '../../core/limits/limits.ts';
import type { Operations } from '../../protocol/http/operation.ts';
import { buildApp } from './app.ts';
import { Connections } from './connections.ts';
import type { HttpServerOptions } from './server-options.ts';

export type { HttpServerOptions } from './server-options.ts';

export interface HttpServer {
  /** Serves an accepted connection; bytes that were read from it already are unshifted first. */
  accept(socket: Socket): void;
  /** Listens in one more place and says where: the address, or the path of the Unix socket. Rejects with the system's error. */
  listen(where: Address): Promise<Address>;
  listen(where: { readonly path: string }): Promise<string>;
  /** Long polls answer, other answers get so many milliseconds to finish, a second unless told; then connections end. */
  close(graceMs?: number): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const CLOSE_GRACE_MS = 1000;

/** An HTTP server for a table of operations: requests checked by their schemas, errors as problems, `/openapi.json`. */
export async function createHttpServer<Ops extends Operations>(
  options: HttpServerOptions<Ops>,
): Promise<HttpServer> {
  const closing = new AbortController();
  const limits = peerPortLimits(options.limits);
  const app = await buildApp(options, limits, closing.signal);
  const connections = new Connections(app.server, limits.connections);
  const listeners: Server[] = [];

  async function listen(where: Address): Promise<Address>;
  async function listen(where: { readonly path: string }): Promise<string>;
  async function listen(where: Address | { readonly path: string }): Promise<Address | string> {
    const listener = createServer({ noDelay: true }, (socket) => connections.add(socket));
    await startListening(listener, where);
    listeners.push(listener);
    const bound = listener.address();
    if (bound === null || typeof bound === 'string') return bound ?? '';
    return { host: (where as Address).host, port: bound.port };
  }

  let closed: Promise<void> | undefined;
  async function close(graceMs: number): Promise<void> {
    for (const listener of listeners) listener.close();
    closing.abort(new Error('the server closes'));
    connections.closeIdle();
    await app.idle(graceMs);
    await app.close();
    connections.destroyAll();
  }
  const closeOnce = (graceMs = CLOSE_GRACE_MS) => {
    closed ??= close(graceMs);
    return closed;
  };
  return {
    accept: (socket) => connections.add(socket),
    listen,
    close: closeOnce,
    [Symbol.asyncDispose]: () => closeOnce(),
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

import { createServer, type Server, type Socket } from 'node:net';
import { systemClock } from '../core/clock.ts';
import type { Log } from '../core/ports/log.ts';
import { PREFACE } from '../protocol/swarm/limits.ts';
import { oncePerSource } from './wire/once-per-source.ts';

const FIRST_BYTE_MS = 10_000;

export interface PublicListenerOptions {
  readonly onHttp: (socket: Socket) => void;
  readonly onSwarm: (socket: Socket) => void;
  readonly maxConnections: number;
  readonly log: Log;
  /** Milliseconds for the first byte; 10 s unless told. */
  readonly firstByteMs?: number;
}

/**
 * The one public port of a peer in a plaintext network: the first byte tells HTTP from the swarm protocol. The server is not
 * listening yet; whoever makes it listens and closes. A TLS listener takes the place of this one and hands on in the same way.
 */
export function createPublicListener(options: PublicListenerOptions): Server {
  const server = createServer({ noDelay: true, pauseOnConnect: false }, (socket) => sort(socket, options));
  server.maxConnections = options.maxConnections;
  const warn = oncePerSource(systemClock, (message, address) => options.log.warn(message, { address }));
  server.on('drop', (data) => warn('too many connections: one was refused', data?.remoteAddress ?? '?'));
  return server;
}

function sort(socket: Socket, { onHttp, onSwarm, firstByteMs = FIRST_BYTE_MS }: PublicListenerOptions): void {
  const timer = setTimeout(() => socket.destroy(), firstByteMs);
  timer.unref();
  const onError = () => socket.destroy();
  socket.on('error', onError);
  socket.once('close', () => clearTimeout(timer));
  socket.once('data', (first: Buffer) => {
    clearTimeout(timer);
    socket.pause();
    socket.unshift(first);
    socket.off('error', onError);
    if (first[0] === PREFACE[0]) onSwarm(socket);
    else onHttp(socket);
    // The new owner has its listeners on by now; HTTP's parser takes the handle over and resumes by itself.
    socket.resume();
  });
}

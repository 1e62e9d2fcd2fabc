import { createServer, type Server, type Socket } from 'node:net';
import type { Clock } from '../core/clock.ts';
import { type PortLimits, peerPortLimits } from '../core/limits/limits.ts';
import type { Log } from '../core/ports/log.ts';
import { PREFACE } from '../protocol/swarm/limits.ts';
import { limitConnections } from './wire/limit-connections.ts';
import { oncePerSource } from './wire/once-per-source.ts';

export interface PublicListenerOptions {
  readonly onHttp: (socket: Socket) => void;
  readonly onSwarm: (socket: Socket) => void;
  /** A peer's unless told. */
  readonly limits?: Partial<PortLimits> | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The one public port of a peer in a plaintext network: the first byte tells HTTP from the swarm protocol. The server is not
 * listening yet; whoever makes it listens and closes. A TLS listener takes the place of this one and hands on in the same way.
 */
export function createPublicListener(options: PublicListenerOptions): Server {
  const { log, clock } = options;
  const limits = peerPortLimits(options.limits);
  const server = createServer({ noDelay: true, pauseOnConnect: false }, (socket) => {
    if (admits(socket)) sort(socket, options, limits.headerMs);
  });
  const warn = oncePerSource(clock, (message, address) =>
    log.warn(message, { event: 'connection-refused', address }),
  );
  const admits = limitConnections(server, limits, warn);
  return server;
}

function sort(socket: Socket, { onHttp, onSwarm }: PublicListenerOptions, firstByteMs: number): void {
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

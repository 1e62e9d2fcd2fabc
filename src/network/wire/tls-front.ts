import { createServer, type Server, type Socket } from 'node:net';
import type { Server as TlsServer } from 'node:tls';
import type { Clock } from '../../core/clock.ts';
import { handshakePace } from '../../core/limits/handshake-pace.ts';
import type { PortLimits } from '../../core/limits/limits.ts';
import { sourceOf } from '../../core/limits/source.ts';
import { SourcePlaces } from '../../core/limits/source-places.ts';
import { limitConnections } from './limit-connections.ts';

export interface TlsFrontOptions {
  readonly limits: PortLimits;
  readonly clock: Clock;
  /** Told what was refused, and whom. */
  readonly warn: (message: string, source: string) => void;
}

/**
 * What listens for a TLS server that does not listen itself: connections and handshakes over the limits are closed before any
 * cryptography is done for them.
 */
export function tlsFront(tls: TlsServer, { limits, clock, warn }: TlsFrontOptions): Server {
  const refusal = handshakePace(clock, limits);
  const { handshakesUnderWay: most } = limits;
  const places = new SourcePlaces(most, Math.ceil(most / 2));
  /** By address and port: the TLS server tells of other sockets than it was given. */
  const underWay = new Map<string, () => void>();
  const end = (place: string) => {
    underWay.get(place)?.();
    underWay.delete(place);
  };
  tls.on('secureConnection', (socket) => end(placeOf(socket)));
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    if (!admits(socket)) return;
    const place = placeOf(socket);
    const source = sourceOf(socket.remoteAddress ?? '?');
    const giveBack = places.take(source);
    const isTooFast = giveBack && refusal(source) !== undefined;
    if (!giveBack || isTooFast) {
      giveBack?.();
      socket.destroy();
      return warn(`too many TLS handshakes ${isTooFast ? 'a second' : 'at once'}: one was refused`, source);
    }
    underWay.set(place, giveBack);
    socket.once('close', () => end(place));
    tls.emit('connection', socket);
  });
  const admits = limitConnections(server, limits, warn);
  return server;
}

const placeOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;

import type { Server, Socket } from 'node:net';
import type { PortLimits } from '../../core/limits/limits.ts';
import { sourceOf } from '../../core/limits/source.ts';
import { SourcePlaces } from '../../core/limits/source-places.ts';

/**
 * Bounds the connections of a server, also those of one address. Returns what is asked about each new one: false when there are too
 * many, and then it is destroyed already. `warn` is told of it, with whom the address stands for.
 */
export function limitConnections(
  server: Server,
  { connections, connectionsOfOne }: PortLimits,
  warn: (message: string, source: string) => void,
): (socket: Socket) => boolean {
  const places = new SourcePlaces(connections, connectionsOfOne);
  // Sockets beyond it are closed before they cost anything.
  server.maxConnections = connections;
  server.on('drop', (data) =>
    warn('too many connections: one was refused', sourceOf(data?.remoteAddress ?? '?')),
  );
  return (socket) => {
    const source = sourceOf(socket.remoteAddress ?? '?');
    const giveBack = places.take(source);
    if (giveBack) {
      socket.once('close', giveBack);
      return true;
    }
    socket.destroy();
    warn('too many connections of one address: one was refused', source);
    return false;
  };
}

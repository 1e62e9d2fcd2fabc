import type { Server } from 'node:http';
import type { Socket } from 'node:net';

const IDLE_MS = 120_000;

/**
 * The connections of one HTTP server, which never listens itself: whoever listens hands sockets in. Bounds their number and ends
 * those whose reader has stalled.
 */
export class Connections {
  readonly #server: Server;
  readonly #limit: number;
  readonly #sockets = new Set<Socket>();

  constructor(server: Server, limit: number) {
    this.#server = server;
    this.#limit = limit;
    // Starts the check of header and request time-outs, which Node ties to listening.
    server.emit('listening');
    server.timeout = IDLE_MS;
    server.on('timeout', (socket: Socket) => {
      // A handler that is still thinking (a long poll) has written nothing yet; a client that does not read has left bytes behind.
      if (socket.writableLength > 0) socket.destroy();
    });
  }

  add(socket: Socket): void {
    if (this.#sockets.size >= this.#limit) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    // Before the HTTP parser has the socket, and after it let go, nobody else listens for its errors.
    socket.on('error', () => socket.destroy());
    this.#server.emit('connection', socket);
    // Whoever looked at the first bytes may have paused the socket; from here on the parser decides.
    socket.resume();
  }

  closeIdle(): void {
    this.#server.closeIdleConnections();
  }

  destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

import { constants } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import type { Clock } from '../../core/clock.ts';
import { systemCode } from '../../core/errors.ts';
import type { PublicListenerOptions } from '../listener.ts';
import { Handshakes } from './handshakes.ts';
import { oncePerSource } from './once-per-source.ts';
import { ALPN } from './tls-names.ts';

export interface HandshakeLimits {
  /** For a whole handshake; 10 s unless told. Milliseconds. */
  readonly handshakeMs?: number;
  /** Handshakes under way at a time; 512 unless told. One address may have half of them. */
  readonly maxHandshakes?: number;
}

export interface TlsListenerOptions extends PublicListenerOptions, HandshakeLimits {
  /** PEM, both. */
  readonly key: string;
  readonly certificate: string;
  readonly clock: Clock;
}

/**
 * The one public port of a peer in a TLS network: ALPN tells HTTP from the swarm, and who names no protocol speaks HTTP. Plaintext gets
 * the connection's end and nothing else. The server is not listening yet; whoever makes it listens and closes.
 */
export function createTlsListener(options: TlsListenerOptions): Server {
  const { log, clock, onHttp, onSwarm, handshakeMs = 10_000, maxHandshakes = 512 } = options;
  const handshakes = new Handshakes(maxHandshakes);
  const warn = oncePerSource(clock, (message, address) => log.warn(message, { address }));
  const tls = createTlsServer({
    key: options.key,
    cert: options.certificate,
    minVersion: 'TLSv1.3',
    ALPNProtocols: [ALPN.swarm, ALPN.http],
    handshakeTimeout: handshakeMs,
    // Tickets become names of sessions that nobody keeps, so none can be resumed.
    secureOptions: constants.SSL_OP_NO_TICKET,
  });
  tls.on('secureConnection', (socket: TLSSocket) => {
    handshakes.end(placeOf(socket));
    if (socket.alpnProtocol === ALPN.swarm) onSwarm(socket);
    else onHttp(socket);
  });
  tls.on('tlsClientError', (error, socket) => {
    const { remoteAddress: address } = socket;
    socket.destroy();
    // Who merely hangs up is nobody's concern.
    if (address !== undefined && systemCode(error) !== 'ECONNRESET') warn(refusal(error), address);
  });
  const server = createServer({ noDelay: true }, (socket) => {
    const { remoteAddress: address } = socket;
    const place = placeOf(socket);
    socket.on('error', () => socket.destroy());
    if (address === undefined || !handshakes.begin(place, address)) {
      socket.destroy();
      return warn('too many TLS handshakes at once: a connection was refused', address ?? '?');
    }
    socket.once('close', () => handshakes.end(place));
    tls.emit('connection', socket);
  });
  server.maxConnections = options.maxConnections;
  server.on('drop', (data) => warn('too many connections: one was refused', data?.remoteAddress ?? '?'));
  return server;
}

const placeOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;

function refusal(error: Error): string {
  const code = systemCode(error) ?? error.message;
  if (code === 'ERR_SSL_HTTP_REQUEST') return 'refused plaintext HTTP: this network speaks TLS';
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER')
    return 'refused what is not TLS, perhaps a peer of a plaintext network';
  return `a TLS handshake failed: ${code}`;
}

import { constants } from 'node:crypto';
import type { Server } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { systemCode } from '../../core/errors.ts';
import { peerPortLimits } from '../../core/limits/limits.ts';
import { sourceOf } from '../../core/limits/source.ts';
import type { PublicListenerOptions } from '../listener.ts';
import { oncePerSource } from './once-per-source.ts';
import { tlsFront } from './tls-front.ts';
import { ALPN } from './tls-names.ts';

export interface TlsListenerOptions extends PublicListenerOptions {
  /** PEM, both. */
  readonly key: string;
  readonly certificate: string;
}

/**
 * The one public port of a peer in a TLS network: ALPN tells HTTP from the swarm, and who names no protocol speaks HTTP. Plaintext gets
 * the connection's end and nothing else. The server is not listening yet; whoever makes it listens and closes.
 */
export function createTlsListener(options: TlsListenerOptions): Server {
  const { log, clock, onHttp, onSwarm } = options;
  const limits = peerPortLimits(options.limits);
  const warn = oncePerSource(clock, (message, address) =>
    log.warn(message, { event: 'connection-refused', address }),
  );
  const tls = createTlsServer({
    key: options.key,
    cert: options.certificate,
    minVersion: 'TLSv1.3',
    ALPNProtocols: [ALPN.swarm, ALPN.http],
    handshakeTimeout: limits.headerMs,
    // Tickets become names of sessions that nobody keeps, so none can be resumed.
    secureOptions: constants.SSL_OP_NO_TICKET,
  });
  tls.on('secureConnection', (socket: TLSSocket) => {
    if (socket.alpnProtocol === ALPN.swarm) onSwarm(socket);
    else onHttp(socket);
  });
  tls.on('tlsClientError', (error, socket) => {
    const { remoteAddress: address } = socket;
    socket.destroy();
    // Who merely hangs up is nobody's concern.
    if (address !== undefined && systemCode(error) !== 'ECONNRESET') warn(refusal(error), sourceOf(address));
  });
  return tlsFront(tls, { limits, clock, warn });
}

function refusal(error: Error): string {
  const code = systemCode(error) ?? error.message;
  if (code === 'ERR_SSL_HTTP_REQUEST') return 'refused plaintext HTTP: this network speaks TLS';
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER')
    return 'refused what is not TLS, perhaps a peer of a plaintext network';
  return `a TLS handshake failed: ${code}`;
}

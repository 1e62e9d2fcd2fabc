import type { WireProtocol } from './wire.ts';

/** How the protocols are called in a TLS handshake (RFC 7301). */
export const ALPN: Readonly<Record<WireProtocol, string>> = { swarm: 'peerdex/1', http: 'http/1.1' };

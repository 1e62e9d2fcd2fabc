import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

const LABEL = 'EXPORTER-peerdex';

/** 32 bytes of keying material (RFC 8446, 7.5) that only the two ends of this TLS session have; undefined without TLS. */
export function exporterOf(socket: Socket): Uint8Array | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  return new Uint8Array(socket.exportKeyingMaterial(32, LABEL, Buffer.alloc(0)));
}

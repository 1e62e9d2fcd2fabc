import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { idOfPublicKey, type PeerId } from '../../core/ids.ts';

/** The id of the key that the other end of this TLS session has proved to hold; undefined when it showed none, and without TLS. */
export function remoteIdOf(socket: Socket): PeerId | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  const certificate = socket.getPeerX509Certificate();
  return certificate && idOfPublicKey(certificate.publicKey.export({ type: 'spki', format: 'der' }));
}

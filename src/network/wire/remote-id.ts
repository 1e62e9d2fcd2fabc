import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { idOfPublicKey, type PeerId } from '../../core/ids.ts';

/** The id of the key that the other end of this TLS session has proved to hold; undefined when it showed none that can be read, and without TLS. */
export function remoteIdOf(socket: Socket): PeerId | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  const certificate = socket.getPeerX509Certificate();
  return certificate && idOfCertificate(certificate);
}

/** The id of the key in a certificate; undefined for a key that cannot be read. */
export function idOfCertificate(certificate: X509Certificate): PeerId | undefined {
  try {
    return idOfPublicKey(certificate.publicKey.export({ type: 'spki', format: 'der' }));
  } catch {
    return undefined;
  }
}

import { createSecureContext } from 'node:tls';
import { type CertifiedKey, certificateFor } from './certificate.ts';
import { dialTls } from './tls-dial.ts';
import { createTlsListener } from './tls-listener.ts';
import type { Wire } from './wire.ts';

/**
 * TLS 1.3 with a certificate that this key signs for itself. Whoever dials knows at the other end the key and nothing else; whoever is
 * dialled knows nothing of the caller, for there are no client certificates.
 */
export async function openTlsWire(key: CertifiedKey): Promise<Wire> {
  const certificate = certificateFor(key);
  // Its own certificate as the only authority spares it the system's, which nobody asks here.
  const forDialling = createSecureContext({ minVersion: 'TLSv1.3', ca: certificate });
  return {
    mode: 'tls',
    dial: (options) => dialTls(forDialling, options),
    listener: (options) => createTlsListener({ ...options, key: key.pem, certificate }),
  };
}

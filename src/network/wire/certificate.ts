import { createPrivateKey } from 'node:crypto';
import type { PeerId } from '../../core/ids.ts';

/** A P-256 key of a peer or a network. */
export interface CertifiedKey {
  readonly id: PeerId;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  /** PKCS #8, PEM. */
  readonly pem: string;
}

const KIND = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/**
 * An X.509 certificate that the key signs for itself, in PEM. It has no names and no authority, because only its key is looked at, and
 * begins and ends so far off that no clock disagrees.
 */
export async function certificateFor({ id, publicKey, pem }: CertifiedKey): Promise<string> {
  // Loaded here only: it takes some 90 ms and 22 MB, which clients and plaintext networks are spared.
  await import('reflect-metadata');
  const { X509CertificateGenerator } = await import('@peculiar/x509');
  const pkcs8 = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' });
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: `CN=${id}`,
    notBefore: new Date('1970-01-01T00:00:00Z'),
    notAfter: new Date('9999-12-31T23:59:59Z'),
    signingAlgorithm: KIND,
    keys: {
      privateKey: await crypto.subtle.importKey('pkcs8', new Uint8Array(pkcs8), KIND, false, ['sign']),
      publicKey: await crypto.subtle.importKey('spki', new Uint8Array(publicKey), KIND, true, ['verify']),
    },
  });
  return certificate.toString('pem');
}

import { createHmac, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { Signer, Verifier } from '../../core/ports/signing.ts';

const SPKI_BYTES = 91;
const SIGNATURE_BYTES = 64;
const ENCODING = 'ieee-p1363';

export const signWith =
  (key: KeyObject): Signer['sign'] =>
  (bytes) =>
    new Uint8Array(sign('sha256', bytes, { key, dsaEncoding: ENCODING }));

/** ECDSA on P-256 and HMAC by Node's OpenSSL. */
export const systemVerifier: Verifier = {
  verify(publicKey, bytes, signature) {
    if (publicKey.byteLength !== SPKI_BYTES || signature.byteLength !== SIGNATURE_BYTES) return false;
    try {
      const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
      if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return false;
      return verify('sha256', bytes, { key, dsaEncoding: ENCODING }, signature);
    } catch {
      return false;
    }
  },
  hmac: (key, bytes) => new Uint8Array(createHmac('sha256', key).update(bytes).digest()),
};

import { createHmac, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { Signer, Verifier } from '../../core/ports/signing.ts';

/** What stands before the two coordinates in the one spelling of a key that is taken (RFC 5480): OpenSSL takes others, which have other ids. */
const SPKI_HEAD = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex');
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
    if (!SPKI_HEAD.equals(publicKey.subarray(0, SPKI_HEAD.byteLength))) return false;
    try {
      const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
      return verify('sha256', bytes, { key, dsaEncoding: ENCODING }, signature);
    } catch {
      return false;
    }
  },
  hmac: (key, bytes) => new Uint8Array(createHmac('sha256', key).update(bytes).digest()),
};

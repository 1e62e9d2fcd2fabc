import { createHmac } from 'node:crypto';
import { idOfPublicKey } from '../../src/core/ids.ts';
import type { Signer, Verifier } from '../../src/core/ports/signing.ts';
import { systemVerifier } from '../../src/storage/disk/ecdsa.ts';

/**
 * Keys for targets that are about what is signed, not about signatures: a signature is the HMAC under the public key, so anybody can sign,
 * as a hostile owner does, a hundred times as fast as with ECDSA. What real signatures let through has targets of its own.
 */
export function quickKey(n: number): Signer {
  const publicKey = new Uint8Array(91).fill(n);
  return { id: idOfPublicKey(publicKey), publicKey, sign: (bytes) => mark(publicKey, bytes) };
}

export const quickVerifier: Verifier = {
  verify: (key, bytes, signature) => Buffer.compare(mark(key, bytes), signature) === 0,
  hmac: systemVerifier.hmac,
};

function mark(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  const half = createHmac('sha256', key).update(bytes).digest();
  return Buffer.concat([half, half]);
}

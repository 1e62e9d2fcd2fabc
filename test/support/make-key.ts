import { generateKeyPairSync } from 'node:crypto';
import { idOfPublicKey } from '../../src/core/ids.ts';
import type { Signer } from '../../src/core/ports/signing.ts';
import { signWith } from '../../src/storage/disk/ecdsa.ts';

/** A peer's key that lies in no file. */
export function makeKey(): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));
  return { id: idOfPublicKey(spki), publicKey: spki, sign: signWith(privateKey) };
}

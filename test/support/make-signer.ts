import { generateKeyPairSync } from 'node:crypto';
import { idOfPublicKey } from '../../src/core/ids.ts';
import type { Signer } from '../../src/core/ports/signing.ts';
import { signWith } from '../../src/storage/disk/ecdsa.ts';

/** A fresh key of a peer or network that is kept nowhere. */
export function makeSigner(): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));
  return { id: idOfPublicKey(spki), publicKey: spki, sign: signWith(privateKey) };
}

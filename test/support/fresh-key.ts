import { generateKeyPairSync } from 'node:crypto';
import { idOfPublicKey } from '../../src/core/ids.ts';
import { signWith } from '../../src/storage/disk/ecdsa.ts';
import type { KeyFile } from '../../src/storage/disk/key-file.ts';

/** A key as key files hold it, of no file. */
export function freshKey(): KeyFile {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { id: idOfPublicKey(spki), publicKey: spki, pem, sign: signWith(privateKey) };
}

import {
  createECDH,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { idOfPublicKey } from '../../src/core/ids.ts';
import { type Random, randomInt } from '../../src/core/random.ts';
import { signWith } from '../../src/storage/disk/ecdsa.ts';
import type { KeyFile } from '../../src/storage/disk/key-file.ts';

/** A key as key files hold it, of no file. */
export const freshKey = (): KeyFile => keyOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);

/** The same key for the same numbers, so that what depends on the ids of peers can be repeated. */
export function seededKey(random: Random): KeyFile {
  const secret = Buffer.from(Array.from({ length: 32 }, () => randomInt(random, 255)));
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(secret);
  const point = pair.getPublicKey();
  const [d, x, y] = [secret, point.subarray(1, 33), point.subarray(33)].map((part) =>
    part.toString('base64url'),
  );
  return keyOf(createPrivateKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', d, x, y } }));
}

function keyOf(privateKey: KeyObject): KeyFile {
  const spki = new Uint8Array(createPublicKey(privateKey).export({ type: 'spki', format: 'der' }));
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { id: idOfPublicKey(spki), publicKey: spki, pem, sign: signWith(privateKey) };
}

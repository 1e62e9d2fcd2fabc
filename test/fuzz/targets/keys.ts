import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { certificateFor } from '../../../src/network/wire/certificate.ts';
import { idOfCertificate } from '../../../src/network/wire/remote-id.ts';
import { systemVerifier } from '../../../src/storage/disk/ecdsa.ts';
import { freshKey } from '../../support/fresh-key.ts';
import { mutatedBytes } from '../mutate.ts';
import { target } from '../target.ts';

const MESSAGE = Buffer.from('what is signed');

/** A public key and a signature, one after the other: nothing but the right two is taken. */
export const peerKeys = target<Uint8Array>({ name: 'peer-keys', parses: ['storage/disk/ecdsa.ts'] }, () => {
  const [key, other] = [freshKey(), freshKey()];
  const good = Buffer.concat([key.publicKey, key.sign(MESSAGE)]);
  const foreign = Buffer.concat([other.publicKey, key.sign(MESSAGE)]);
  const check = (bytes: Uint8Array): boolean => {
    const at = Math.max(0, bytes.byteLength - 64);
    const taken = systemVerifier.verify(bytes.subarray(0, at), MESSAGE, bytes.subarray(at));
    if (taken) assert.deepEqual(Buffer.from(bytes), good);
    return taken;
  };
  return { inputs: mutatedBytes([good, good, foreign]), check };
});

/** A certificate in DER, as TLS hands it on: an id, and the right one for the right key only. */
export const certificates = target<Uint8Array>(
  { name: 'certificates', parses: ['network/wire/remote-id.ts'] },
  async () => {
    const key = freshKey();
    const certificate = new X509Certificate(certificateFor(key));
    const check = (der: Uint8Array): boolean => {
      const read = certificateOf(der);
      const id = read && idOfCertificate(read);
      if (id === undefined) return false;
      assert.match(id, /^[0-9a-f]{32}$/);
      if (id === key.id) assert.ok(Buffer.from(der).includes(Buffer.from(key.publicKey).subarray(-64)));
      return true;
    };
    return { inputs: mutatedBytes([certificate.raw]), check };
  },
);

/** What OpenSSL does not take for a certificate ends the handshake there. */
function certificateOf(der: Uint8Array): X509Certificate | undefined {
  try {
    return new X509Certificate(der);
  } catch {
    return undefined;
  }
}

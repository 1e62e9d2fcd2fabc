import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { idOfPublicKey } from '../../core/ids.ts';
import { openKeyFile } from '../../storage/disk/key-file.ts';
import { certificateFor } from './certificate.ts';

it('the certificate of a key file bears its key, is signed by it, and holds at any time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'peerdex-certificate-'));
  try {
    const key = openKeyFile(join(folder, 'key'));
    const certificate = new X509Certificate(certificateFor(key));
    const spki = certificate.publicKey.export({ type: 'spki', format: 'der' });
    assert.deepEqual(new Uint8Array(spki), key.publicKey);
    assert.equal(idOfPublicKey(spki), key.id);
    assert.equal(certificate.publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1');
    assert.ok(certificate.verify(certificate.publicKey), 'signed by its own key');
    assert.equal(certificate.subject, `CN=${key.id}`);
    assert.equal(certificate.validFromDate.getTime(), 0);
    assert.equal(certificate.validToDate.toISOString(), '9999-12-31T23:59:59.000Z');
    assert.equal(certificate.subjectAltName, undefined);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

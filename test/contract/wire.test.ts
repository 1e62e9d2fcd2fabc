import { plaintextWire } from '../../src/network/wire/plaintext-wire.ts';
import { openTlsWire } from '../../src/network/wire/tls-wire.ts';
import { freshKey } from '../support/fresh-key.ts';
import { wireContract } from './wire.ts';

wireContract('plaintext', async () => ({ wire: plaintextWire, id: 'ab'.repeat(16) }));
wireContract('TLS', async () => {
  const key = freshKey();
  return { wire: await openTlsWire(key), id: key.id };
});

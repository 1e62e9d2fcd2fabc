import { createPrivateKey, hkdfSync } from 'node:crypto';

/**
 * 32 bytes for one purpose that only the holder of this private key can make, the same each time: HKDF-SHA-256 (RFC 5869) over the
 * key's secret number, without salt, `purpose` as its info. `pem`: of a key as openKeyFile gives it.
 */
export function deriveKey(pem: string, purpose: string): Uint8Array {
  const { d } = createPrivateKey(pem).export({ format: 'jwk' });
  return new Uint8Array(hkdfSync('sha256', Buffer.from(d!, 'base64url'), '', purpose, 32));
}

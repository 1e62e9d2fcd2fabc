import type { NetworkMode } from '../core/join-link.ts';
import { plaintextWire } from '../network/wire/plaintext-wire.ts';
import type { Wire } from '../network/wire/wire.ts';
import type { KeyFile } from '../storage/disk/key-file.ts';

/** The wire of a network. What TLS needs is loaded only where it is used. */
export async function openWire(mode: NetworkMode, key: KeyFile): Promise<Wire> {
  if (mode === 'plaintext') return plaintextWire;
  const { openTlsWire } = await import('../network/wire/tls-wire.ts');
  return openTlsWire(key);
}

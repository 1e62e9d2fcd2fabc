import { createSecureContext } from 'node:tls';
import type { Address } from '../../core/address.ts';
import type { PeerId } from '../../core/ids.ts';
import { dialTls } from './tls-dial.ts';

/** Whether who has this key answers TLS at the address: to say why plaintext was not answered there. Sends nothing. */
export async function speaksTls(address: Address, expect: PeerId, signal: AbortSignal): Promise<boolean> {
  try {
    const secureContext = createSecureContext({ minVersion: 'TLSv1.3' });
    const socket = await dialTls(secureContext, { address, protocol: 'http', expect, signal });
    socket.destroy();
    return true;
  } catch {
    return false; // for whatever reason: the first error says more
  }
}

import { systemClock } from '../../src/core/clock.ts';
import { toHex } from '../../src/core/ids.ts';
import { silentLog } from '../../src/core/ports/log.ts';
import type { Signer } from '../../src/core/ports/signing.ts';
import { issueTicket, TICKET_LIFE_MS } from '../../src/core/trust/ticket.ts';
import { Trust } from '../../src/core/trust/trust.ts';
import { quickKey, quickVerifier } from './quick-keys.ts';

/** The network of all targets. */
export const NETWORK = quickKey(1);

/** A member's ticket, good for as long as a run takes. */
export function ticketOf(member: Signer): string {
  const issued = systemClock.now();
  const expires = issued + TICKET_LIFE_MS;
  const [network, peer] = [NETWORK.id, member.id];
  const given = { mode: 'tls', name: 'member', role: 'publish' } as const;
  return issueTicket(NETWORK, { ...given, network, peer, issued, expires });
}

/** How `self` sees the network, with a ticket of its own. */
export const trustOf = (self: Signer): Trust =>
  new Trust({
    self,
    verifier: quickVerifier,
    clock: systemClock,
    log: silentLog,
    mode: 'tls',
    credentials: {
      network: NETWORK.id,
      networkKey: toHex(NETWORK.publicKey),
      ticket: ticketOf(self),
      revocations: null,
    },
    save: () => {},
  });

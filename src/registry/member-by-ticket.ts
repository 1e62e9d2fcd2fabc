import type { PeerId } from '../core/ids.ts';
import type { Member } from '../core/trust/invite.ts';
import { standingOf, TICKET_LIFE_MS, type Ticket } from '../core/trust/ticket.ts';
import { endedTicket } from './admission-errors.ts';
import { cleanName } from './names.ts';

/** What a ticket of this network says of a member; by which invite it came is not known. Throws `forbidden` for one that does not hold. */
export function memberByTicket(peer: PeerId, publicKey: Uint8Array, ticket: Ticket, now: number): Member {
  const standing = standingOf(ticket, now);
  if (ticket.peer !== peer || (standing !== 'valid' && standing !== 'late')) throw endedTicket();
  return {
    peer,
    publicKey: new Uint8Array(publicKey),
    name: cleanName(ticket.name),
    role: ticket.role,
    invites: [],
    admitted: now,
    ticketEnds: Math.min(ticket.expires, now + TICKET_LIFE_MS),
  };
}

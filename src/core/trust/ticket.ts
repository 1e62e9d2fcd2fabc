import { PeerdexError } from '../errors.ts';
import { isPeerId, type NetworkId, type PeerId } from '../ids.ts';
import { isNetworkMode, type NetworkMode } from '../join-link.ts';
import type { Signer, Verifier } from '../ports/signing.ts';
import { isRole, type Role } from './role.ts';
import { readSignedText, signText } from './signed-text.ts';

const TAG = 'peerdex/ticket/1';
const HOUR_MS = 3600 * 1000;

export const TICKET_LIFE_MS = 7 * 24 * HOUR_MS;
/** How long a ticket is still taken after its end by those who cannot reach the registry. */
export const TICKET_GRACE_MS = 7 * 24 * HOUR_MS;
/** Clocks of honest machines may differ by so much. */
export const CLOCK_SKEW_MS = HOUR_MS;
/** Longest ticket that is looked at. */
export const MAX_TICKET_TEXT = 1024;

/** The last moment that a date can say, milliseconds since 1970. */
const MAX_TIME = 8.64e15;

/** The network's word that a peer is a member. */
export interface Ticket {
  readonly network: NetworkId;
  /** Of the network: whoever takes the ticket runs in the same one. */
  readonly mode: NetworkMode;
  readonly peer: PeerId;
  readonly name: string;
  readonly role: Role;
  /** Milliseconds since 1970, by the registry's clock. */
  readonly issued: number;
  readonly expires: number;
}

export const issueTicket = (network: Signer, ticket: Ticket): string => signText(network, TAG, ticket);

/** Throws `verification` for a text that is no ticket of this network. Its time is not looked at. */
export function readTicket(text: string, networkKey: Uint8Array, verifier: Verifier): Ticket {
  if (text.length > MAX_TICKET_TEXT) throw new PeerdexError('verification', 'this ticket is too long');
  const ticket = readSignedText(text, TAG, networkKey, verifier) as Partial<Ticket> | null;
  if (
    !ticket ||
    !isPeerId(ticket.network) ||
    !isNetworkMode(ticket.mode) ||
    !isPeerId(ticket.peer) ||
    typeof ticket.name !== 'string' ||
    !isRole(ticket.role) ||
    !isTime(ticket.issued) ||
    !isTime(ticket.expires)
  ) {
    throw new PeerdexError('verification', 'this ticket lacks something');
  }
  const { network, mode, peer, name, role, issued, expires } = ticket as Ticket;
  return { network, mode, peer, name, role, issued, expires };
}

/** Whatever is a time can be written as a date. */
const isTime = (value: unknown): boolean =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= MAX_TIME;

/** `late`: ended, but not so long ago that the registry must have been reached since. */
export type TicketStanding = 'valid' | 'late' | 'ended' | 'not-yet';

export function standingOf({ issued, expires }: Ticket, now: number): TicketStanding {
  if (now < issued - CLOCK_SKEW_MS) return 'not-yet';
  if (now < expires) return 'valid';
  return now < expires + TICKET_GRACE_MS ? 'late' : 'ended';
}

/** A ticket is renewed from half of its life on. */
export const isDueForRenewal = ({ issued, expires }: Ticket, now: number): boolean =>
  now >= issued + (expires - issued) / 2;

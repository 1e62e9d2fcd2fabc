import { blake3Of } from '../digest.ts';
import { type PeerId, toHex } from '../ids.ts';
import type { Role } from './role.ts';

/** 16 lower-case hex digits, made from an invite's secret: names the invite without giving the secret away. */
export type InviteId = string;

export const INVITE_SECRET_BYTES = 16;

/** What lets newcomers in, and for how long. Times are milliseconds since 1970. */
export interface Invite {
  readonly id: InviteId;
  /** `INVITE_SECRET_BYTES` bytes that only the registry and who got the link know. */
  readonly secret: Uint8Array;
  readonly role: Role;
  readonly created: number;
  readonly expires: number;
  /** How many it may admit; undefined: any number. */
  readonly uses: number | undefined;
  /** How many it has admitted. */
  readonly used: number;
  /** The registry's own link, renewed before its end. */
  readonly standing: boolean;
  /** When it was ended before its time, by hand or because somebody whom it had admitted was revoked. */
  readonly withdrawn: number | undefined;
}

/** Somebody who was admitted. Times are milliseconds since 1970. */
export interface Member {
  readonly peer: PeerId;
  /** SPKI, DER. */
  readonly publicKey: Uint8Array;
  /** As handed out last, or as wished when it joined. */
  readonly name: string;
  readonly role: Role;
  /** The invites that it came in by, the newest last. */
  readonly invites: readonly InviteId[];
  readonly admitted: number;
  /** When the last ticket that it was given ends; 0 before the first. */
  readonly ticketEnds: number;
  /** When it went for good; such a one is no member until it comes in again. */
  readonly departed?: number;
}

/** Somebody who is no member any more. */
export interface Revocation {
  readonly peer: PeerId;
  readonly revoked: number;
  /** The list's number from which on it names this peer. */
  readonly number: number;
  /** When the last ticket that it can have ends. */
  readonly ticketEnds: number;
}

export const inviteIdOf = (secret: Uint8Array): InviteId =>
  toHex(blake3Of(Buffer.from('peerdex/invite/1\0'), secret)).slice(0, 16);

/** As it stands in a join link: base64url. */
export const formatSecret = (secret: Uint8Array): string => Buffer.from(secret).toString('base64url');

/** The bytes of a secret in a join link, or undefined for any text that `formatSecret` does not make. */
export function readSecret(text: string): Uint8Array | undefined {
  const secret = new Uint8Array(Buffer.from(text, 'base64url'));
  return secret.byteLength === INVITE_SECRET_BYTES && formatSecret(secret) === text ? secret : undefined;
}

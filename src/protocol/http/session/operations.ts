import { MAX_TICKET_TEXT } from '../../../core/trust/ticket.ts';
import { type Static, Type } from '../../schema.ts';
import type { Operations } from '../operation.ts';
import { CountShape, NetworkIdShape, PeerIdShape } from '../shapes.ts';

const hex = (bytes: number) => Type.String({ pattern: `^[0-9a-f]{${bytes * 2}}$`, maxLength: bytes * 2 });

const Nonce = hex(32);
/** SubjectPublicKeyInfo of a P-256 key, DER. */
const Key = hex(91);
const Signature = hex(64);
const TicketText = Type.String({ maxLength: MAX_TICKET_TEXT });

export const Challenge = Type.Object({
  /** Of the peer that answers, or of the network where a registry answers. */
  id: PeerIdShape,
  network: NetworkIdShape,
  nonce: Nonce,
  key: Key,
  signature: Signature,
  /** The server's clock, milliseconds since 1970. */
  time: CountShape,
  /** Version of the protocol that the server speaks; 1 where it does not say. */
  protocol: Type.Optional(CountShape),
});
export type Challenge = Static<typeof Challenge>;

/** What a server shows to whoever has proved to be a member. */
export const SessionAnswer = Type.Object({
  /** To be sent as `Authorization: Bearer`. */
  token: Type.String({ pattern: '^[0-9a-f]{64}$', maxLength: 64 }),
  seconds: Type.Number({ minimum: 1, maximum: 86400 }),
  /** A peer's; a registry has none. */
  ticket: Type.Optional(TicketText),
  /** Number of the newest list of revocations that a peer has. */
  revocations: Type.Optional(CountShape),
});
export type SessionAnswer = Static<typeof SessionAnswer>;

export const SessionClaim = Type.Object({
  /** The server's, of the challenge. */
  nonce: Nonce,
  /** The nonce that the challenge answered. */
  challenged: Nonce,
  peer: PeerIdShape,
  key: Key,
  ticket: Type.Optional(TicketText),
  /** Who is no member yet joins a network with an invite: its id, and the HMAC under its secret. */
  join: Type.Optional(Type.Object({ invite: hex(8), mac: hex(32) })),
  signature: Signature,
});
export type SessionClaim = Static<typeof SessionClaim>;

/** How members prove themselves to each other and to the registry over HTTP; `docs/protocol.md` says what is signed. */
export const sessionOperations = {
  challenge: {
    method: 'POST',
    path: '/v1/challenge',
    summary: 'Proves who this server is, and gives the nonce that a proof of membership needs.',
    body: Type.Object({
      peer: PeerIdShape,
      network: NetworkIdShape,
      nonce: Nonce,
      /** That the caller speaks; 1 where it does not say. */
      protocol: Type.Optional(CountShape),
    }),
    response: Challenge,
    errors: ['conflict', 'limit', 'unsupported'],
  },
  session: {
    method: 'POST',
    path: '/v1/session',
    summary:
      'Takes a proof of membership, on the connection of its challenge, and gives a token for further requests.',
    body: SessionClaim,
    response: SessionAnswer,
    errors: ['unauthorized', 'forbidden', 'limit'],
  },
} as const satisfies Operations;

import { MAX_TICKET_TEXT } from '../../../core/trust/ticket.ts';
import { type Static, Type } from '../../schema.ts';
import { DirectoryPeer } from '../directory-peer.ts';
import type { Operations } from '../operation.ts';
import { sessionOperations } from '../session/operations.ts';
import { revocationOperations } from '../session/revocations.ts';
import {
  AddressShape,
  CountShape,
  HeadShape,
  ModeShape,
  NameShape,
  NetworkIdShape,
  PeerIdShape,
} from '../shapes.ts';
import { adminOperations } from './admin-operations.ts';

/** Longest that a `changes` call may be held, in seconds. */
export const MAX_POLL_SECONDS = 60;

const TicketText = Type.String({ maxLength: MAX_TICKET_TEXT });
const Nonce = Type.String({ pattern: '^[0-9a-f]{32}$', maxLength: 32 });

/** What the peer has of the network's papers. */
const Known = {
  /** When its ticket ends, milliseconds since 1970; absent without one. */
  ticketEnds: Type.Optional(CountShape),
  /** Number of the newest list of revocations that it has. */
  revocations: Type.Optional(CountShape),
};

export const NetworkInfo = Type.Object({
  id: NetworkIdShape,
  mode: ModeShape,
  protocol: CountShape,
  /** Version of the program. */
  version: Type.String({ maxLength: 64 }),
});

export const Announcement = Type.Object({
  protocol: CountShape,
  name: NameShape,
  addresses: Type.Array(AddressShape, { minItems: 1, maxItems: 16 }),
  nonce: Nonce,
  head: Type.Optional(HeadShape),
  files: CountShape,
  bytes: CountShape,
  /** True: this peer will not come back once its lease has ended, so nothing of it need be remembered. */
  passing: Type.Optional(Type.Boolean()),
  ...Known,
});

export const Renewal = Type.Object({
  nonce: Nonce,
  head: Type.Optional(HeadShape),
  files: CountShape,
  bytes: CountShape,
  ...Known,
});

export const LeaseGrant = Type.Object({
  /** Name that the registry gave: the one asked for, with a suffix when another peer holds it. */
  name: NameShape,
  leaseSeconds: Type.Number({ minimum: 1, maximum: 86400 }),
  renewSeconds: Type.Number({ minimum: 0.1, maximum: 86400 }),
  /** A new ticket, when the one that the peer has is past half of its life, or when it has none. */
  ticket: Type.Optional(TicketText),
  /** Number of the newest list of revocations. */
  revocations: CountShape,
  /** In answer to a registration: how far the registry knew the peer's log before it. */
  head: Type.Optional(HeadShape),
  /** In answer to a renewal: where another peer with the same key runs, that asks for the lease in vain. */
  rival: Type.Optional(Type.Array(AddressShape, { minItems: 1, maxItems: 16 })),
});
export type LeaseGrant = Static<typeof LeaseGrant>;

/** A registry whose database was lost has another epoch: versions of different epochs do not compare. */
const Epoch = Type.String({ pattern: '^[0-9a-f]{16}$', maxLength: 16 });

export const Changes = Type.Object({
  epoch: Epoch,
  version: CountShape,
  /** True when `peers` is the whole directory and replaces all that was known. */
  reset: Type.Boolean(),
  /** Number of the newest list of revocations. */
  revocations: CountShape,
  peers: Type.Array(DirectoryPeer),
});
export type Changes = Static<typeof Changes>;

export const registryOperations = {
  ...sessionOperations,
  ...revocationOperations,
  ...adminOperations,
  network: {
    method: 'GET',
    path: '/v1/network',
    summary: 'Which network this registry serves.',
    response: NetworkInfo,
    errors: [],
  },
  register: {
    method: 'PUT',
    path: '/v1/peers/:id',
    summary: 'Registers a peer, or again after its lease ended or it moved.',
    params: Type.Object({ id: PeerIdShape }),
    body: Announcement,
    response: LeaseGrant,
    errors: ['unauthorized', 'forbidden', 'unsupported', 'limit'],
  },
  renew: {
    method: 'POST',
    path: '/v1/peers/:id/renew',
    summary: "Renews a lease and says how far the peer's index goes. not-found: register again.",
    params: Type.Object({ id: PeerIdShape }),
    body: Renewal,
    response: LeaseGrant,
    errors: ['unauthorized', 'forbidden', 'not-found', 'conflict'],
  },
  leave: {
    method: 'DELETE',
    path: '/v1/peers/:id',
    summary: 'Ends a lease at once.',
    params: Type.Object({ id: PeerIdShape }),
    query: Type.Object({ nonce: Nonce }),
    errors: ['unauthorized', 'forbidden', 'not-found', 'conflict'],
  },
  list: {
    method: 'GET',
    path: '/v1/peers',
    summary: 'The directory: active peers, or all that are remembered.',
    query: Type.Object({ state: Type.Optional(Type.Union([Type.Literal('active'), Type.Literal('all')])) }),
    response: Type.Object({ epoch: Epoch, version: CountShape, peers: Type.Array(DirectoryPeer) }),
    errors: ['unauthorized'],
  },
  changes: {
    method: 'GET',
    path: '/v1/changes',
    summary: 'What changed in the directory since a version; waits for a change for up to `wait` seconds.',
    query: Type.Object({
      epoch: Type.Optional(Epoch),
      since: Type.Optional(CountShape),
      wait: Type.Optional(Type.Number({ minimum: 0, maximum: MAX_POLL_SECONDS })),
    }),
    response: Changes,
    errors: ['unauthorized', 'limit'],
  },
} as const satisfies Operations;

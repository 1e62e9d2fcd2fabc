import { type Static, Type } from '../../schema.ts';
import type { Operations } from '../operation.ts';
import {
  AddressShape,
  CountShape,
  HeadShape,
  ModeShape,
  NameShape,
  NetworkIdShape,
  PeerIdShape,
  TimeShape,
} from '../shapes.ts';

/** Longest that a `changes` call may be held, in seconds. */
export const MAX_POLL_SECONDS = 60;

const Nonce = Type.String({ pattern: '^[0-9a-f]{32}$', maxLength: 32 });

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
});

export const Renewal = Type.Object({
  nonce: Nonce,
  head: Type.Optional(HeadShape),
  files: CountShape,
  bytes: CountShape,
});

export const LeaseGrant = Type.Object({
  /** Name that the registry gave: the one asked for, with a suffix when another peer holds it. */
  name: NameShape,
  leaseSeconds: Type.Number({ minimum: 1, maximum: 86400 }),
  renewSeconds: Type.Number({ minimum: 0.1, maximum: 86400 }),
});

export const DirectoryPeer = Type.Object({
  id: PeerIdShape,
  name: NameShape,
  addresses: Type.Array(AddressShape, { minItems: 1, maxItems: 16 }),
  active: Type.Boolean(),
  firstRegistered: TimeShape,
  lastRegistered: TimeShape,
  lastSeen: TimeShape,
  leaseEnds: TimeShape,
  /** Times registered in the last 30 days. */
  registrations: CountShape,
  head: Type.Optional(HeadShape),
  files: CountShape,
  bytes: CountShape,
});
export type DirectoryPeer = Static<typeof DirectoryPeer>;

/** A registry whose database was lost has another epoch: versions of different epochs do not compare. */
const Epoch = Type.String({ pattern: '^[0-9a-f]{16}$', maxLength: 16 });

export const Changes = Type.Object({
  epoch: Epoch,
  version: CountShape,
  /** True when `peers` is the whole directory and replaces all that was known. */
  reset: Type.Boolean(),
  peers: Type.Array(DirectoryPeer),
});
export type Changes = Static<typeof Changes>;

export const registryOperations = {
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
    errors: ['unsupported', 'limit'],
  },
  renew: {
    method: 'POST',
    path: '/v1/peers/:id/renew',
    summary: "Renews a lease and says how far the peer's index goes. not-found: register again.",
    params: Type.Object({ id: PeerIdShape }),
    body: Renewal,
    response: LeaseGrant,
    errors: ['not-found', 'conflict'],
  },
  leave: {
    method: 'DELETE',
    path: '/v1/peers/:id',
    summary: 'Ends a lease at once.',
    params: Type.Object({ id: PeerIdShape }),
    query: Type.Object({ nonce: Nonce }),
    errors: ['not-found', 'conflict'],
  },
  list: {
    method: 'GET',
    path: '/v1/peers',
    summary: 'The directory: active peers, or all that are remembered.',
    query: Type.Object({ state: Type.Optional(Type.Union([Type.Literal('active'), Type.Literal('all')])) }),
    response: Type.Object({ epoch: Epoch, version: CountShape, peers: Type.Array(DirectoryPeer) }),
    errors: [],
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
    errors: ['limit'],
  },
} as const satisfies Operations;

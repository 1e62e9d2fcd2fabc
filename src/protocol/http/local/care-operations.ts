import { Type } from '../../schema.ts';
import { DirectoryPeer } from '../directory-peer.ts';
import type { Operations } from '../operation.ts';
import { registryLocalOperations } from '../registry-local/operations.ts';

const { invite, invites, revoke, withdraw } = registryLocalOperations;

/** The care of a network by a member of role admin: asked of the registry in this peer's name. */
export const careOperations = {
  networkPeers: {
    method: 'GET',
    path: '/v1/network/peers',
    summary: 'The peers that the registry remembers.',
    response: Type.Object({ peers: Type.Array(DirectoryPeer) }),
    errors: ['unavailable'],
  },
  invite: {
    ...invite,
    path: '/v1/network/invites',
    summary: 'Makes a join link; for members of role admin.',
    errors: ['unavailable', 'limit'],
  },
  invites: {
    ...invites,
    path: '/v1/network/invites',
    summary: 'Every invite that the registry remembers, without its secret; for members of role admin.',
    errors: ['unavailable'],
  },
  revoke: {
    ...revoke,
    path: '/v1/network/revocations',
    summary: 'Ends the membership of a peer; for members of role admin.',
    errors: ['unavailable', 'not-found', 'ambiguous', 'limit'],
  },
  withdraw: {
    ...withdraw,
    path: '/v1/network/invites/:id',
    summary: 'Ends an invite: it admits nobody more, and who came by it stays; for members of role admin.',
    errors: ['unavailable', 'not-found'],
  },
} as const satisfies Operations;

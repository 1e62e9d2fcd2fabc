import { INVITE_ID_PATTERN } from '../../../core/id-patterns.ts';
import { ROLES } from '../../../core/trust/role.ts';
import { type Static, Type } from '../../schema.ts';
import type { Operations } from '../operation.ts';
import { CountShape, NameShape, PeerIdShape, TimeShape } from '../shapes.ts';

const InviteId = Type.String({ pattern: INVITE_ID_PATTERN, maxLength: 16 });
const Link = Type.String({ maxLength: 4096 });
const Role = Type.Enum(ROLES);
/** How many an invite may admit; null: any number. */
const Uses = Type.Union([Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }), Type.Null()]);

export const InviteRequest = Type.Object({
  role: Type.Optional(Role),
  /** From now on; absent: 24 hours. */
  seconds: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 3650 * 86400 })),
  uses: Type.Optional(Uses),
});
export type InviteRequest = Static<typeof InviteRequest>;

export const NewInvite = Type.Object({
  id: InviteId,
  link: Link,
  role: Role,
  expires: TimeShape,
  uses: Uses,
});
export type NewInvite = Static<typeof NewInvite>;

export const InviteRow = Type.Object({
  id: InviteId,
  role: Role,
  state: Type.Enum(['open', 'withdrawn', 'ended', 'used-up']),
  created: TimeShape,
  expires: TimeShape,
  uses: Uses,
  used: CountShape,
  /** The link that the registry itself prints. */
  standing: Type.Boolean(),
  /** Members that came in by it and are still members. */
  admitted: Type.Array(Type.Object({ peer: PeerIdShape, name: NameShape })),
});
export type InviteRow = Static<typeof InviteRow>;

export const InviteList = Type.Object({ invites: Type.Array(InviteRow) });
export type InviteList = Static<typeof InviteList>;

export const RevokeRequest = Type.Object({ peer: Type.String({ minLength: 1, maxLength: 256 }) });
export type RevokeRequest = Static<typeof RevokeRequest>;

export const RevokeAnswer = Type.Object({
  peer: PeerIdShape,
  /** Null where it is no longer known. */
  name: Type.Union([NameShape, Type.Null()]),
  /** It was revoked before, and nothing has changed. */
  already: Type.Boolean(),
  /** Of the list of revocations. */
  number: CountShape,
  /** Invites that ended with it. */
  withdrawn: Type.Array(InviteId),
  /** The registry's new link, where the one before ended with it. */
  link: Type.Union([Link, Type.Null()]),
});
export type RevokeAnswer = Static<typeof RevokeAnswer>;

export const WithdrawAnswer = Type.Object({
  id: InviteId,
  /** It was withdrawn before, and nothing has changed. */
  already: Type.Boolean(),
  /** The registry's new link, where this was the one before. */
  link: Type.Union([Link, Type.Null()]),
});
export type WithdrawAnswer = Static<typeof WithdrawAnswer>;

/** The care of a network, on the registry's own Unix socket and on 127.0.0.1, for whoever knows the token. */
export const registryLocalOperations = {
  invite: {
    method: 'POST',
    path: '/v1/invites',
    summary: 'Makes a join link.',
    body: InviteRequest,
    response: NewInvite,
    errors: ['limit'],
  },
  invites: {
    method: 'GET',
    path: '/v1/invites',
    summary: 'Every invite that is remembered, the newest first, without its secret.',
    response: InviteList,
    errors: [],
  },
  revoke: {
    method: 'POST',
    path: '/v1/revocations',
    summary:
      'Ends the membership of a peer, named by id, name or the beginning of its id, and the links that admitted it.',
    body: RevokeRequest,
    response: RevokeAnswer,
    errors: ['not-found', 'ambiguous', 'limit'],
  },
  withdraw: {
    method: 'DELETE',
    path: '/v1/invites/:id',
    summary: 'Ends an invite: it admits nobody more, and who came by it stays.',
    params: Type.Object({ id: InviteId }),
    response: WithdrawAnswer,
    errors: ['not-found'],
  },
} as const satisfies Operations;

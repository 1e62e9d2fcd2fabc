import { ROLES } from '../../core/trust/role.ts';
import { type Static, Type } from '../schema.ts';
import { AddressShape, CountShape, HeadShape, NameShape, PeerIdShape, TimeShape } from './shapes.ts';

/** A peer as a registry tells of it. */
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
  /** What it may do; entries of a peer of role `fetch` are dropped. */
  role: Type.Enum(ROLES),
});
export type DirectoryPeer = Static<typeof DirectoryPeer>;

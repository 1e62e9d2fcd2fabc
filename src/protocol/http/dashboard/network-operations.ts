import { type Static, Type } from '../../schema.ts';
import { Text } from '../local/local-shapes.ts';
import type { Operations } from '../operation.ts';
import { CountShape, ModeShape, NameShape, NetworkIdShape, PeerIdShape, TimeShape } from '../shapes.ts';

/** `came`: it was known before. `went`: whether it left or its lease lapsed is not told. */
export const NetworkEvent = Type.Object({
  at: TimeShape,
  kind: Type.Enum(['joined', 'came', 'left', 'lapsed', 'went', 'revoked'] as const),
  peer: PeerIdShape,
  name: NameShape,
});
export type NetworkEvent = Static<typeof NetworkEvent>;

export const NetworkHealth = Type.Object({
  id: NetworkIdShape,
  mode: ModeShape,
  /** Of the program that the registry runs. */
  version: Text,
  protocol: CountShape,
  /** Best first. */
  addresses: Type.Array(Text),
  /** How long it took to answer. */
  milliseconds: Type.Number({ minimum: 0 }),
  /** What it did since it started; null where it runs elsewhere, for it tells that to its own machine only. */
  counts: Type.Union([
    Type.Object({
      since: TimeShape,
      members: CountShape,
      /** Long polls. */
      waiting: CountShape,
      registered: CountShape,
      renewed: CountShape,
      left: CountShape,
      lapsed: CountShape,
      evicted: CountShape,
      forgotten: CountShape,
    }),
    Type.Null(),
  ]),
});
export type NetworkHealth = Static<typeof NetworkHealth>;

/** The network for who looks after it, besides what every client can ask. */
export const networkOperations = {
  networkHealth: {
    method: 'GET',
    path: '/v1/network/health',
    summary: 'How the registry is.',
    response: NetworkHealth,
    errors: ['unavailable'],
  },
  networkEvents: {
    method: 'GET',
    path: '/v1/network/events',
    summary: 'Who came and went since this process looks, at most 200, the newest first.',
    response: Type.Object({ events: Type.Array(NetworkEvent) }),
    errors: [],
  },
} as const satisfies Operations;

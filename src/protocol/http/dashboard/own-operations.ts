import { ROLES } from '../../../core/trust/role.ts';
import { type Static, Type } from '../../schema.ts';
import { AbsolutePath, Text } from '../local/local-shapes.ts';
import type { Operations } from '../operation.ts';
import { CountShape, RateShape, TimeShape } from '../shapes.ts';

/** Most folders that are listed at a time. */
export const MAX_FOLDERS = 1000;

/** Bytes a second over the time before `at`, which is that since the point before it. */
export const ThroughputPoint = Type.Object({ at: TimeShape, up: RateShape, down: RateShape });
export type ThroughputPoint = Static<typeof ThroughputPoint>;

export const About = Type.Object({
  version: Text,
  started: TimeShape,
  /** As others are told, best first. */
  addresses: Type.Array(Text),
  downloads: AbsolutePath,
  /** Bytes on the disk of the downloads; null where that cannot be told now. */
  free: Type.Union([CountShape, Type.Null()]),
  /** Addresses of the registry, best first. */
  registry: Type.Array(Text),
  /** Null before the registry has said it. */
  role: Type.Union([Type.Enum(ROLES), Type.Null()]),
  /** This process is the registry too. */
  isRegistry: Type.Boolean(),
});
export type About = Static<typeof About>;

/** The own peer, besides what every client can ask. */
export const ownOperations = {
  about: {
    method: 'GET',
    path: '/v1/dashboard/about',
    summary: 'What stays the same of this peer for long.',
    response: About,
    errors: [],
  },
  throughput: {
    method: 'GET',
    path: '/v1/throughput',
    summary: 'How fast bytes went: every 10 s of the last hour, every 5 min of the last day.',
    response: Type.Object({
      hour: Type.Array(ThroughputPoint, { maxItems: 360 }),
      day: Type.Array(ThroughputPoint, { maxItems: 288 }),
    }),
    errors: [],
  },
  folders: {
    method: 'GET',
    path: '/v1/dashboard/folders',
    summary:
      'The folders in a folder of this machine, to choose one to share; without a path in the home folder.',
    query: Type.Object({
      path: Type.Optional(AbsolutePath),
      /** Also those whose names begin with a dot. */
      hidden: Type.Optional(Type.Boolean()),
    }),
    response: Type.Object({
      path: AbsolutePath,
      /** Null for the root. */
      parent: Type.Union([AbsolutePath, Type.Null()]),
      folders: Type.Array(Type.Object({ name: Text, path: AbsolutePath, shared: Type.Boolean() }), {
        maxItems: MAX_FOLDERS,
      }),
      /** There are more than are listed. */
      more: Type.Boolean(),
    }),
    errors: ['usage', 'not-found', 'forbidden', 'unavailable'],
  },
} as const satisfies Operations;

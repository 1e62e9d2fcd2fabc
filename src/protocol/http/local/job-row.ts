import { type Static, Type } from '../../schema.ts';
import { CountShape, PathShape, RateShape, TimeShape } from '../shapes.ts';
import { AbsolutePath, JobId, Text } from './local-shapes.ts';

export const JOB_STATES = ['queued', 'running', 'waiting', 'paused', 'done', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];

/** How a mirror keeps its folder equal. */
const MirrorFacts = Type.Object({
  to: AbsolutePath,
  /** Removes what its holders delete; also more than half of all at once. */
  delete: Type.Boolean(),
  deleteAll: Type.Boolean(),
  once: Type.Boolean(),
  /** Files that it removes only when somebody says so, and of how many; null where it asks for nothing. */
  asks: Type.Union([Type.Object({ files: CountShape, of: CountShape }), Type.Null()]),
  /** What it came to when it looked last; null while it does not run, or has not looked yet. */
  pass: Type.Union([
    Type.Object({
      ended: TimeShape,
      equal: Type.Boolean(),
      /** Things below its folder that are left as they are, though they are not what is wanted there. */
      left: Type.Array(Type.Object({ path: PathShape, reason: Text }), { maxItems: 20 }),
      /** So many more. */
      more: CountShape,
    }),
    Type.Null(),
  ]),
});

export const JobRow = Type.Object({
  id: JobId,
  /** What the user asked for, as typed. */
  what: Text,
  state: Type.Enum(JOB_STATES),
  bytes: CountShape,
  size: CountShape,
  rate: RateShape,
  /** Peers that give right now. */
  sources: CountShape,
  /** What it waits for or why it failed, or null. */
  reason: Type.Union([Text, Type.Null()]),
  /** Of a mirror. */
  mirror: Type.Optional(MirrorFacts),
});
export type JobRow = Static<typeof JobRow>;

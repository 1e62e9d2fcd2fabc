import { type Static, Type } from '../../schema.ts';
import { CountShape, ModeShape, NameShape, NetworkIdShape, PeerIdShape, RateShape } from '../shapes.ts';
import { JOB_STATES, type JobState } from './job-row.ts';
import { AbsolutePath, JobId, Text } from './local-shapes.ts';

/** A peer in one document. */
export const Status = Type.Object({
  peer: Type.Object({ id: PeerIdShape, name: NameShape, address: Text }),
  network: Type.Object({
    /** Null while this peer belongs to no network. */
    id: Type.Union([NetworkIdShape, Type.Null()]),
    mode: Type.Union([ModeShape, Type.Null()]),
    registered: Type.Boolean(),
    /** Why it is not registered, or null. */
    reason: Type.Union([Text, Type.Null()]),
  }),
  shares: Type.Array(
    Type.Object({
      path: AbsolutePath,
      name: NameShape,
      files: CountShape,
      bytes: CountShape,
      state: Type.Union([
        Type.Literal('scanning'),
        Type.Literal('hashing'),
        Type.Literal('ready'),
        Type.Literal('unavailable'),
        Type.Literal('paused'),
      ]),
      /** What waits to be hashed. */
      waiting: Type.Object({ files: CountShape, bytes: CountShape }),
      /** Symbolic links skipped. */
      links: CountShape,
      /** Files whose bytes have changed while they look as they did. */
      rotten: CountShape,
      warnings: Type.Array(Text),
    }),
  ),
  index: Type.Object({
    entries: CountShape,
    peers: CountShape,
    warnings: Type.Array(Text),
    /** Peers whose entries are on their way; absent from older daemons. */
    coming: Type.Optional(CountShape),
  }),
  jobs: Type.Object(
    Object.fromEntries(JOB_STATES.map((state) => [state, CountShape])) as Record<JobState, typeof CountShape>,
  ),
  /** Absent where there is none. */
  mirrors: Type.Optional(
    Type.Array(
      Type.Object({
        job: JobId,
        what: Text,
        to: AbsolutePath,
        state: Type.Enum(JOB_STATES),
        /** What it waits for or why it failed, or null. */
        reason: Type.Union([Text, Type.Null()]),
      }),
    ),
  ),
  rates: Type.Object({ up: RateShape, down: RateShape }),
  data: AbsolutePath,
});
export type Status = Static<typeof Status>;

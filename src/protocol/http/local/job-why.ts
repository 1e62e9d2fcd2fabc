import { type Static, Type } from '../../schema.ts';
import { CountShape, NameShape, PeerIdShape, RateShape } from '../shapes.ts';
import { JobRow } from './job-row.ts';
import { AbsolutePath, Text } from './local-shapes.ts';

/** What holds a job back. */
export const JobWhy = Type.Object({
  job: JobRow,
  /** The weightiest of the causes, in one sentence. */
  why: Text,
  /** At least one; `cause` is a name that stays. */
  causes: Type.Array(Type.Object({ cause: Text, text: Text })),
  /** Those on their way, at this moment. */
  files: Type.Array(
    Type.Object({
      path: AbsolutePath,
      bytes: CountShape,
      size: CountShape,
      reason: Type.Union([Text, Type.Null()]),
      sources: Type.Array(
        Type.Object({
          peer: PeerIdShape,
          name: NameShape,
          /** Given so far. */
          bytes: CountShape,
          rate: RateShape,
          /** Bytes that it was asked for and that have not come; bytes that came and are not on disk yet. */
          asked: CountShape,
          writing: CountShape,
          /** Seconds since it gave anything, while it owes something. */
          silent: Type.Number({ minimum: 0 }),
          waits: Type.Enum(['gives', 'writes', 'silent', 'idle'] as const),
        }),
      ),
    }),
  ),
});
export type JobWhy = Static<typeof JobWhy>;

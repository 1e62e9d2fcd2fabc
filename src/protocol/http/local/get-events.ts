import { ERROR_CODES } from '../../../core/errors.ts';
import { type Static, Type } from '../../schema.ts';
import { ContentIdShape, CountShape, NameShape, PeerIdShape, RateShape } from '../shapes.ts';
import { AbsolutePath, JobId, Text } from './local-shapes.ts';

/** What is to be fetched, and where to. */
export const GetRequest = Type.Object({
  what: Type.Array(Text, { minItems: 1, maxItems: 1000 }),
  /** A peer's name or id: take files from this one only. */
  from: Type.Optional(Text),
  /** Absolute. */
  output: Type.Optional(AbsolutePath),
  /** `output` is a folder, whether or not it exists. */
  outputIsFolder: Type.Optional(Type.Boolean()),
  overwrite: Type.Optional(Type.Boolean()),
  /** Many small files that are done may be told of together. */
  together: Type.Optional(Type.Boolean()),
});
export type GetRequest = Static<typeof GetRequest>;

const SourceShare = Type.Object({ peer: PeerIdShape, bytes: CountShape });

/** What happens to a `get`, one a line. `alive` says, once a second, that the daemon is there. */
export const GetEvent = Type.Union([
  Type.Object({ event: Type.Literal('alive') }),
  Type.Object({
    event: Type.Literal('job'),
    job: JobId,
    what: Text,
    /** What it has to put on disk: files, and their bytes. */
    files: Type.Optional(CountShape),
    bytes: Type.Optional(CountShape),
  }),
  Type.Object({
    event: Type.Literal('progress'),
    job: JobId,
    path: AbsolutePath,
    bytes: CountShape,
    size: CountShape,
    rate: RateShape,
    sources: CountShape,
    /** Why nothing moves, when nothing does. */
    reason: Type.Optional(Text),
    /** Path, bytes and size are the whole job's, of whose many small files none is told of by itself. */
    whole: Type.Optional(Type.Boolean()),
  }),
  Type.Object({
    event: Type.Literal('done'),
    job: JobId,
    path: AbsolutePath,
    content: ContentIdShape,
    /** Fetched from other peers. */
    bytes: CountShape,
    /** Of the file. */
    size: Type.Optional(CountShape),
    seconds: Type.Number({ minimum: 0 }),
    sources: Type.Array(SourceShare),
  }),
  /** Many small files that are there, only where that was wanted: the innermost folder that all are in, and what `done` says, summed up. */
  Type.Object({
    event: Type.Literal('together'),
    job: JobId,
    folder: AbsolutePath,
    files: CountShape,
    bytes: CountShape,
    size: CountShape,
    /** Files, but for empty ones, that lay on this machine already. */
    held: CountShape,
    sources: Type.Array(SourceShare),
  }),
  Type.Object({
    event: Type.Literal('failed'),
    job: Type.Optional(JobId),
    path: Text,
    code: Type.Enum(ERROR_CODES),
    reason: Text,
    hint: Type.Optional(Text),
    candidates: Type.Optional(Type.Array(Type.Object({ what: Text, note: Type.Optional(Text) }))),
  }),
  /** A holder that gives nothing, and why; the others go on. */
  Type.Object({
    event: Type.Literal('passed-over'),
    job: JobId,
    peer: PeerIdShape,
    name: NameShape,
    reason: Text,
  }),
  Type.Object({
    event: Type.Literal('state'),
    job: JobId,
    state: Type.Union([Type.Literal('paused'), Type.Literal('cancelled')]),
  }),
  /** The last line: every WHAT has ended. */
  Type.Object({ event: Type.Literal('end') }),
]);
export type GetEvent = Static<typeof GetEvent>;

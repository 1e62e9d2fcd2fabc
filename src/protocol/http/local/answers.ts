import { ERROR_CODES } from '../../../core/errors.ts';
import { type Static, Type } from '../../schema.ts';
import {
  ContentIdShape,
  CountShape,
  ModeShape,
  NameShape,
  NetworkIdShape,
  PathShape,
  PeerIdShape,
  RateShape,
  SizeShape,
  TimeShape,
} from '../shapes.ts';

export const Text = Type.String({ maxLength: 8192 });
export const AbsolutePath = Type.String({ minLength: 1, maxLength: 4096 });
export const JobId = Type.String({ pattern: '^[0-9a-z]{1,16}$', maxLength: 16 });
const Peer = Type.Object({ id: PeerIdShape, name: NameShape, address: Text });

export const JOB_STATES = ['queued', 'running', 'waiting', 'paused', 'done', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];

export const Status = Type.Object({
  peer: Peer,
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
  index: Type.Object({ entries: CountShape, peers: CountShape, warnings: Type.Array(Text) }),
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

export const PeerRow = Type.Object({
  id: PeerIdShape,
  name: NameShape,
  address: Text,
  files: CountShape,
  bytes: CountShape,
  since: TimeShape,
  self: Type.Boolean(),
});
export type PeerRow = Static<typeof PeerRow>;

export const ListedEntry = Type.Object({
  name: Type.String(),
  kind: Type.Union([Type.Literal('peer'), Type.Literal('folder'), Type.Literal('file')]),
  size: CountShape,
  modified: Type.Union([TimeShape, Type.Null()]),
  content: Type.Union([ContentIdShape, Type.Null()]),
});
export type ListedEntry = Static<typeof ListedEntry>;

export const FoundContent = Type.Object({
  /** The best match among the paths that bear this content. */
  path: PathShape,
  size: SizeShape,
  content: ContentIdShape,
  modified: TimeShape,
  holders: Type.Array(
    Type.Object({ peer: PeerIdShape, name: NameShape, address: Text, path: PathShape, self: Type.Boolean() }),
  ),
});
export type FoundContent = Static<typeof FoundContent>;

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

/** Ten years. */
export const MAX_LINK_SECONDS = 10 * 365 * 86_400;

export const LinkRow = Type.Object({
  id: Type.String({ pattern: '^[0-9a-f]{16}$', maxLength: 16 }),
  /** The one to give away, and the same at every address of this peer, best first. */
  url: Text,
  urls: Type.Array(Text),
  kind: Type.Union([Type.Literal('file'), Type.Literal('folder')]),
  /** Of a file its content id, of a folder its index path. */
  what: PathShape,
  /** Index path where it lay when the link was made. */
  path: PathShape,
  /** Bytes; null for a folder. */
  size: Type.Union([SizeShape, Type.Null()]),
  created: TimeShape,
  expires: TimeShape,
  /** When it was withdrawn, or null. */
  revoked: Type.Union([TimeShape, Type.Null()]),
  state: Type.Union([Type.Literal('valid'), Type.Literal('ended'), Type.Literal('revoked')]),
  /** How often a file was fetched by it, from its first byte on. */
  used: CountShape,
  /** The command that fetches it. */
  curl: Text,
  /** `sha256//` and base64: pins the key of a certificate that browsers do not know; null where there is none at `url`. */
  pin: Type.Union([Text, Type.Null()]),
});
export type LinkRow = Static<typeof LinkRow>;

export const CsvRow = Type.Object({
  file: Type.String(),
  host: Type.String(),
  port: CountShape,
  flag: Type.Union([Type.Literal(0), Type.Literal(1)]),
  size: SizeShape,
  modified: TimeShape,
  content: Type.Union([ContentIdShape, Type.Null()]),
  peer: PeerIdShape,
});
export type CsvRow = Static<typeof CsvRow>;

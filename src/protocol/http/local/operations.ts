import { ERROR_CODES } from '../../../core/errors.ts';
import { type Static, Type } from '../../schema.ts';
import type { Operations } from '../operation.ts';
import {
  AddressShape,
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

const Text = Type.String({ maxLength: 8192 });
const AbsolutePath = Type.String({ minLength: 1, maxLength: 4096 });
const JobId = Type.String({ pattern: '^[0-9a-z]{1,16}$', maxLength: 16 });
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
      ]),
      /** Symbolic links skipped. */
      links: CountShape,
      warnings: Type.Array(Text),
    }),
  ),
  index: Type.Object({ entries: CountShape, peers: CountShape }),
  jobs: Type.Object(
    Object.fromEntries(JOB_STATES.map((state) => [state, CountShape])) as Record<JobState, typeof CountShape>,
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
});
export type JobRow = Static<typeof JobRow>;

export const GetRequest = Type.Object({
  what: Type.Array(Text, { minItems: 1, maxItems: 1000 }),
  /** A peer's name or id: take files from this one only. */
  from: Type.Optional(Text),
  /** Absolute. */
  output: Type.Optional(AbsolutePath),
  /** `output` is a folder, whether or not it exists. */
  outputIsFolder: Type.Optional(Type.Boolean()),
  overwrite: Type.Optional(Type.Boolean()),
});
export type GetRequest = Static<typeof GetRequest>;

const SourceShare = Type.Object({ peer: PeerIdShape, bytes: CountShape });

/** What happens to a `get`, one a line. `alive` says, once a second, that the daemon is there. */
export const GetEvent = Type.Union([
  Type.Object({ event: Type.Literal('alive') }),
  Type.Object({ event: Type.Literal('job'), job: JobId, what: Text }),
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
  }),
  Type.Object({
    event: Type.Literal('done'),
    job: JobId,
    path: AbsolutePath,
    content: ContentIdShape,
    bytes: CountShape,
    seconds: Type.Number({ minimum: 0 }),
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

const JobParams = Type.Object({ job: JobId });
/** Bytes a second; null: no limit; absent: as it is. */
const LimitRate = Type.Optional(Type.Union([Type.Number({ exclusiveMinimum: 0 }), Type.Null()]));

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

/** The API of the command line, on a Unix socket and on 127.0.0.1, for whoever knows the token. */
export const localOperations = {
  status: {
    method: 'GET',
    path: '/v1/status',
    summary: 'This peer in one document.',
    response: Status,
    errors: [],
  },
  peers: {
    method: 'GET',
    path: '/v1/peers',
    summary: 'Active peers, this one among them.',
    response: Type.Object({ peers: Type.Array(PeerRow) }),
    errors: [],
  },
  ls: {
    method: 'GET',
    path: '/v1/ls',
    summary: 'Peers, or what lies in a folder of one: `where` is PEER[:PATH].',
    query: Type.Object({ where: Type.Optional(Text) }),
    response: Type.Object({ entries: Type.Array(ListedEntry) }),
    errors: ['not-found', 'ambiguous'],
  },
  find: {
    method: 'GET',
    path: '/v1/find',
    summary: 'Files whose name has every word, one result a content.',
    query: Type.Object({ words: Text, limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10000 })) }),
    response: Type.Object({ results: Type.Array(FoundContent), total: CountShape, more: Type.Boolean() }),
    errors: [],
  },
  csv: {
    method: 'GET',
    path: '/v1/csv',
    summary: 'The whole index as CSV; `raw` leaves spreadsheet formulas as they are.',
    query: Type.Object({ raw: Type.Optional(Type.Boolean()) }),
    kind: 'bytes',
    errors: [],
  },
  csvRows: {
    method: 'GET',
    path: '/v1/csv/rows',
    summary: 'The whole index, one JSON object a line.',
    response: CsvRow,
    kind: 'ndjson',
    errors: [],
  },
  get: {
    method: 'POST',
    path: '/v1/get',
    summary:
      'Starts a job for each WHAT and tells what happens to it until all have ended. The jobs outlive the caller.',
    body: GetRequest,
    response: GetEvent,
    kind: 'ndjson',
    errors: ['not-found', 'ambiguous'],
  },
  jobs: {
    method: 'GET',
    path: '/v1/jobs',
    summary: 'Every job that the daemon remembers.',
    response: Type.Object({ jobs: Type.Array(JobRow) }),
    errors: [],
  },
  pause: {
    method: 'POST',
    path: '/v1/jobs/:job/pause',
    summary: 'Pauses a job.',
    params: JobParams,
    response: JobRow,
    errors: ['not-found', 'conflict'],
  },
  resume: {
    method: 'POST',
    path: '/v1/jobs/:job/resume',
    summary: 'Goes on with a paused or failed job.',
    params: JobParams,
    response: JobRow,
    errors: ['not-found', 'conflict'],
  },
  cancel: {
    method: 'POST',
    path: '/v1/jobs/:job/cancel',
    summary: 'Ends a job and removes what it has fetched in part.',
    params: JobParams,
    response: JobRow,
    errors: ['not-found', 'conflict'],
  },
  share: {
    method: 'POST',
    path: '/v1/shares',
    summary: 'Shares a folder; answers when its first pass is done.',
    body: Type.Object({ path: AbsolutePath }),
    response: Type.Object({ path: AbsolutePath, name: NameShape, files: CountShape, bytes: CountShape }),
    errors: ['not-found', 'conflict', 'unavailable'],
  },
  unshare: {
    method: 'DELETE',
    path: '/v1/shares',
    summary: 'Stops sharing a folder; its files stay where they are.',
    query: Type.Object({ path: AbsolutePath }),
    response: Type.Object({ path: AbsolutePath, name: NameShape }),
    errors: ['not-found', 'conflict'],
  },
  rescan: {
    method: 'POST',
    path: '/v1/rescan',
    summary: 'Looks at every share now; answers when all that changed is announced.',
    response: Type.Object({
      added: CountShape,
      changed: CountShape,
      deleted: CountShape,
      seconds: Type.Number(),
    }),
    errors: [],
  },
  limit: {
    method: 'POST',
    path: '/v1/limits',
    summary: 'Sets rate limits, and says which hold.',
    body: Type.Object({ up: LimitRate, down: LimitRate }),
    response: Type.Object({
      up: Type.Union([Type.Number(), Type.Null()]),
      down: Type.Union([Type.Number(), Type.Null()]),
    }),
    errors: [],
  },
  join: {
    method: 'POST',
    path: '/v1/join',
    summary: 'Joins a network with a link while the daemon runs.',
    body: Type.Object({ link: Text }),
    response: Type.Object({ network: NetworkIdShape, registry: AddressShape, registered: Type.Boolean() }),
    errors: ['unavailable', 'conflict', 'unsupported'],
  },
  leave: {
    method: 'POST',
    path: '/v1/leave',
    summary: 'Ends the lease at once and stops the daemon.',
    response: Type.Object({ left: Type.Boolean() }),
    errors: [],
  },
} as const satisfies Operations;

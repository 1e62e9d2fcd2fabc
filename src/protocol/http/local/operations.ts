import { Type } from '../../schema.ts';
import type { Operations } from '../operation.ts';
import { AddressShape, CountShape, NameShape, NetworkIdShape, SizeShape } from '../shapes.ts';
import { careOperations } from './care-operations.ts';
import { getOperations } from './get-operations.ts';
import { CsvRow, FoundContent, ListedEntry } from './index-rows.ts';
import { jobOperations } from './job-operations.ts';
import { JobRow } from './job-row.ts';
import { JobWhy } from './job-why.ts';
import { limitOperations } from './limit-operations.ts';
import { LinkRow, MAX_LINK_SECONDS } from './link-row.ts';
import { AbsolutePath, JobParams, Text } from './local-shapes.ts';
import { mirrorOperations } from './mirror-operations.ts';
import { shareOperations } from './share-operations.ts';
import { Status } from './status.ts';

/** ISO 8601, UTC. */
const Moment = Type.String({
  pattern:
    '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](.[0-9]{1,3})?Z$',
  maxLength: 24,
});

/** The API of the command line, on a Unix socket and on 127.0.0.1, for whoever knows the token. */
export const localOperations = {
  ...careOperations,
  ...mirrorOperations,
  ...shareOperations,
  ...jobOperations,
  ...limitOperations,
  ...getOperations,
  status: {
    method: 'GET',
    path: '/v1/status',
    summary: 'This peer in one document.',
    response: Status,
    errors: [],
  },
  ls: {
    method: 'GET',
    path: '/v1/ls',
    summary:
      'Peers, or what lies in a folder of one: `where` is PEER[:PATH]. With `limit` a page; `next` is the `from` of the page behind it.',
    query: Type.Object({
      where: Type.Optional(Text),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10000 })),
      from: Type.Optional(Text),
    }),
    response: Type.Object({ entries: Type.Array(ListedEntry), next: Type.Optional(Text) }),
    errors: ['not-found', 'ambiguous'],
  },
  find: {
    method: 'GET',
    path: '/v1/find',
    summary:
      'Files whose name has every word, one result a content, best first; `offset` leaves out the first ones, for the page behind them. Whoever closes the connection ends the search.',
    query: Type.Object({
      words: Text,
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10000 })),
      offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 10000 })),
      /** Most holders of each result; unless told, as many as fit into an answer: 5,000 in all, at least 16 of each. */
      holders: Type.Optional(Type.Integer({ minimum: 1, maximum: 10000 })),
      minSize: Type.Optional(SizeShape),
      maxSize: Type.Optional(SizeShape),
      /** Modified then or later. */
      newer: Type.Optional(Moment),
      /** Modified before. */
      older: Type.Optional(Moment),
      /** Extensions with commas between them; one of them is the file's. */
      ext: Type.Optional(Text),
      /** Name or id: only files that this peer holds. */
      peer: Type.Optional(Text),
    }),
    response: Type.Object({
      results: Type.Array(FoundContent),
      total: CountShape,
      more: Type.Boolean(),
      /** Where the index here does not have every active peer: how many are missing, how many peers were asked, how many answered. */
      live: Type.Optional(Type.Object({ missing: CountShape, asked: CountShape, answered: CountShape })),
    }),
    errors: ['not-found', 'ambiguous'],
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
  jobs: {
    method: 'GET',
    path: '/v1/jobs',
    summary: 'Every job that the daemon remembers.',
    response: Type.Object({ jobs: Type.Array(JobRow) }),
    errors: [],
  },
  why: {
    method: 'GET',
    path: '/v1/jobs/:job/why',
    summary: 'What holds a job back, in words and in figures.',
    params: JobParams,
    response: JobWhy,
    errors: ['not-found'],
  },
  resume: {
    method: 'POST',
    path: '/v1/jobs/:job/resume',
    summary:
      'Goes on with a paused or failed job; of one that is under way it tries again what has failed so far.',
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
    errors: ['not-found', 'conflict', 'unavailable', 'forbidden'],
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
  link: {
    method: 'POST',
    path: '/v1/links',
    summary: 'Makes a URL by which somebody outside the network fetches one file or folder of this peer.',
    body: Type.Object({
      what: Text,
      /** Until it ends, in seconds; 7 days unless told. */
      seconds: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: MAX_LINK_SECONDS })),
    }),
    response: Type.Object({ link: LinkRow }),
    errors: ['not-found', 'ambiguous'],
  },
  links: {
    method: 'GET',
    path: '/v1/links',
    summary: 'The links of this peer, oldest first; also those that ended within 30 days.',
    response: Type.Object({ links: Type.Array(LinkRow) }),
    errors: [],
  },
  revokeLink: {
    method: 'DELETE',
    path: '/v1/links/:id',
    summary: 'Withdraws the link whose id begins so; downloads by it end at once.',
    params: Type.Object({ id: Type.String({ pattern: '^[0-9a-fA-F]{1,16}$', maxLength: 16 }) }),
    response: Type.Object({ link: LinkRow }),
    errors: ['not-found', 'ambiguous'],
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

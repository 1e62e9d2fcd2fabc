import { type Static, Type } from '../../schema.ts';
import type { Operations } from '../operation.ts';
import { CountShape } from '../shapes.ts';
import { GetEvent } from './get-events.ts';
import { JobRow } from './job-row.ts';
import { AbsolutePath, JobId, JobParams, Text } from './local-shapes.ts';

export const MirrorRequest = Type.Object({
  /** A folder or a pattern. */
  what: Text,
  /** The folder that is kept equal to it; made where there is none. */
  to: AbsolutePath,
  /** Removes what its holders delete. */
  delete: Type.Optional(Type.Boolean()),
  /** Also more than half of all at once. */
  deleteAll: Type.Optional(Type.Boolean()),
  /** Ends when all is equal. */
  once: Type.Optional(Type.Boolean()),
});
export type MirrorRequest = Static<typeof MirrorRequest>;

/** What happens to a mirror, one a line: what happens to a `get`, and what only a mirror does. */
export const MirrorEvent = Type.Union([
  ...GetEvent.anyOf,
  Type.Object({ event: Type.Literal('removed'), job: JobId, path: AbsolutePath }),
  /** It is left alone, though it is not what is wanted there. */
  Type.Object({ event: Type.Literal('kept'), job: JobId, path: AbsolutePath, reason: Text }),
  /** So many files of so many are removed only when somebody says so. */
  Type.Object({ event: Type.Literal('asks'), job: JobId, files: CountShape, of: CountShape }),
  Type.Object({ event: Type.Literal('equal'), job: JobId }),
  /** Another caller gave it other options, by which it goes on. Nothing more comes here. */
  Type.Object({ event: Type.Literal('altered'), job: JobId }),
  Type.Object({ event: Type.Literal('waits'), job: JobId, reason: Text }),
]);
export type MirrorEvent = Static<typeof MirrorEvent>;

/** Mirrors are jobs: they are listed, paused, resumed and cancelled as those. */
export const mirrorOperations = {
  mirror: {
    method: 'POST',
    path: '/v1/mirrors',
    summary:
      'Keeps a folder equal to a folder or pattern of the network, and tells what happens until the mirror ends, which without `once` it never does. It outlives the caller; one that is there already goes on, with these options.',
    body: MirrorRequest,
    response: MirrorEvent,
    kind: 'ndjson',
    errors: ['not-found', 'ambiguous', 'usage', 'conflict'],
  },
  allowRemoval: {
    method: 'POST',
    path: '/v1/mirrors/:job/removal',
    summary: 'Lets a mirror that asks for it remove so many files, once.',
    params: JobParams,
    body: Type.Object({ files: CountShape }),
    response: JobRow,
    errors: ['not-found', 'conflict'],
  },
} as const satisfies Operations;

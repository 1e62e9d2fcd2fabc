import { Type } from '../../schema.ts';
import type { Operations } from '../operation.ts';
import { getCalls } from './get-calls.ts';
import { GetEvent, GetRequest } from './get-events.ts';
import { PeerRow } from './index-rows.ts';
import { JobRow } from './job-row.ts';
import { JobParams } from './local-shapes.ts';

/** What a `get` calls. */
export const getOperations = {
  get: {
    ...getCalls.get,
    summary:
      'Starts a job for each WHAT and tells what happens to it until all have ended. The jobs outlive the caller.',
    body: GetRequest,
    response: GetEvent,
    errors: ['not-found', 'ambiguous'],
  },
  peers: {
    ...getCalls.peers,
    summary: 'Active peers, this one among them.',
    response: Type.Object({ peers: Type.Array(PeerRow) }),
    errors: [],
  },
  pause: {
    ...getCalls.pause,
    summary: 'Pauses a job.',
    params: JobParams,
    response: JobRow,
    errors: ['not-found', 'conflict'],
  },
} as const satisfies Operations;

import { Type } from '../../schema.ts';
import type { Operations } from '../operation.ts';
import { GetEvent, GetRequest } from './get-events.ts';
import { PeerRow } from './index-rows.ts';
import { JobRow } from './job-row.ts';
import { JobParams } from './local-shapes.ts';

/** What a `get` calls. By themselves, so that its client has no others to load. */
export const getOperations = {
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
  peers: {
    method: 'GET',
    path: '/v1/peers',
    summary: 'Active peers, this one among them.',
    response: Type.Object({ peers: Type.Array(PeerRow) }),
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
} as const satisfies Operations;

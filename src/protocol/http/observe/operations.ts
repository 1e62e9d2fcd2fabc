import { Type } from '../../schema.ts';
import type { Operations } from '../operation.ts';

/** What whoever runs peerdex looks at from outside: on the listener of `--metrics`, and in the local APIs behind their token. */
export const observeOperations = {
  metrics: {
    method: 'GET',
    path: '/metrics',
    summary: 'Measurements in the text format of Prometheus.',
    kind: 'bytes',
    errors: [],
  },
  healthz: {
    method: 'GET',
    path: '/healthz',
    summary: 'That the process is alive and answers.',
    response: Type.Object({ alive: Type.Boolean() }),
    errors: [],
  },
  readyz: {
    method: 'GET',
    path: '/readyz',
    summary: 'Whether it does its work: status 200, or 503 with the reasons why not.',
    response: Type.Object({ ready: Type.Boolean(), reasons: Type.Array(Type.String()) }),
    kind: 'bytes',
    errors: [],
  },
} as const satisfies Operations;

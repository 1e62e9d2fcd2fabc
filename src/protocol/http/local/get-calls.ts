import type { Call } from '../operation.ts';

/** Where the operations of a `get` are. Without their schemas, which are ten files more: its client loads no others, and trusts its daemon. */
export const getCalls = {
  get: { method: 'POST', path: '/v1/get', kind: 'ndjson' },
  peers: { method: 'GET', path: '/v1/peers', kind: 'json' },
  pause: { method: 'POST', path: '/v1/jobs/:job/pause', kind: 'json' },
} as const satisfies Readonly<Record<string, Call>>;

import { once } from 'node:events';
import { Readable } from 'node:stream';
import { PeerdexError } from '../../src/core/errors.ts';
import type { PortLimits } from '../../src/core/limits/limits.ts';
import { silentLog } from '../../src/core/ports/log.ts';
import { createHttpServer, type HttpServer } from '../../src/network/http/server.ts';
import type { Operations } from '../../src/protocol/http/operation.ts';
import { Type } from '../../src/protocol/schema.ts';

/** An operation of each kind. */
export const sampleOperations = {
  add: {
    method: 'POST',
    path: '/v1/sums/:name',
    summary: 'Adds.',
    params: Type.Object({ name: Type.String({ maxLength: 10 }) }),
    query: Type.Object({ twice: Type.Optional(Type.Boolean()), plus: Type.Optional(Type.Integer()) }),
    body: Type.Object({ numbers: Type.Array(Type.Number(), { maxItems: 100_000 }) }),
    response: Type.Object({ name: Type.String(), sum: Type.Number() }),
    errors: ['limit', 'ambiguous'],
  },
  count: {
    method: 'GET',
    path: '/v1/count',
    summary: 'Counts.',
    query: Type.Object({
      to: Type.Integer(),
      breakAt: Type.Optional(Type.Integer()),
      afterClient: Type.Optional(Type.Boolean()),
    }),
    response: Type.Object({ n: Type.Integer() }),
    kind: 'ndjson',
    errors: ['not-found'],
  },
  bytes: {
    method: 'GET',
    path: '/v1/bytes/*',
    summary: 'Gives bytes.',
    params: Type.Object({ '*': Type.String({ minLength: 1 }) }),
    kind: 'bytes',
    errors: [],
  },
  wait: {
    method: 'GET',
    path: '/v1/wait',
    summary: 'Waits.',
    response: Type.Object({ ended: Type.String() }),
    errors: [],
  },
  drop: { method: 'DELETE', path: '/v1/wait', summary: 'Answers nothing.', errors: [] },
  broken: { method: 'GET', path: '/v1/broken', summary: 'Breaks.', response: Type.Object({}), errors: [] },
  lie: {
    method: 'GET',
    path: '/v1/lie',
    summary: 'Lies.',
    response: Type.Object({ n: Type.Integer() }),
    errors: [],
  },
} as const satisfies Operations;

/** What the handlers tell, and whom. */
export const hooks = {
  counted: 0,
  countEnded: () => {},
  waiting: () => {},
  gone: () => {},
  over: (_reason: string) => {},
  /** Errors. */
  logged: [] as string[],
};

/** A server of these operations that does not listen yet. */
export const serveSamples = (
  more: { token?: string; limits?: Partial<PortLimits> } = {},
): Promise<HttpServer> =>
  createHttpServer({
    title: 'test',
    version: '1.2.3',
    operations: sampleOperations,
    allowedHosts: () => ['files.example'],
    log: { ...silentLog, error: (message) => hooks.logged.push(message) },
    ...more,
    handlers: {
      add: async ({ params, query, body }, { signal }) => {
        signal.addEventListener('abort', () => hooks.over((signal.reason as Error).message));
        const sum = body.numbers.reduce((a, b) => a + b, query.plus ?? 0);
        if (sum > 1e6) {
          const candidates = [{ what: 'less', note: 'a smaller sum' }];
          throw new PeerdexError('ambiguous', 'too much of it', { hint: 'send less', candidates });
        }
        return { name: params.name, sum: query.twice ? sum * 2 : sum };
      },
      count: async function* ({ query: { to, breakAt, afterClient } }, { signal }) {
        try {
          if (afterClient) {
            hooks.waiting();
            await once(signal, 'abort');
          }
          if (to < 0) throw new PeerdexError('not-found', 'there is nothing below zero');
          for (let n = 1; n <= to; n += 1) {
            if (n === breakAt) throw new Error('in mid-stream');
            hooks.counted = n;
            yield { n };
          }
        } finally {
          hooks.countEnded();
        }
      },
      bytes: async ({ params }) => {
        const all = Buffer.from(params['*']);
        const headers = { 'content-length': all.byteLength, 'content-type': 'text/plain' };
        return { status: 200, headers, body: params['*'].startsWith('s') ? Readable.from([all]) : all };
      },
      wait: (_input, { signal }) =>
        new Promise((resolve) => {
          hooks.waiting();
          signal.addEventListener('abort', () => {
            hooks.gone();
            resolve({ ended: (signal.reason as Error).message });
          });
        }),
      drop: async () => undefined,
      broken: async () => {
        throw new Error('secret: /root/key.pem');
      },
      lie: async () => ({ n: 'not a number' }) as unknown as { n: number },
    },
  });

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PeerdexError } from '../../../src/core/errors.ts';
import { silentLog } from '../../../src/core/ports/log.ts';
import type { Handlers } from '../../../src/network/http/handlers.ts';
import { createHttpServer } from '../../../src/network/http/server.ts';
import { fitsSchema } from '../../../src/network/http/validate.ts';
import { localOperations } from '../../../src/protocol/http/local/operations.ts';
import type { Operation, Operations } from '../../../src/protocol/http/operation.ts';
import { peerOperations } from '../../../src/protocol/http/peer/operations.ts';
import { registryOperations } from '../../../src/protocol/http/registry/operations.ts';
import { registryLocalOperations } from '../../../src/protocol/http/registry-local/operations.ts';
import { bytes as kept } from '../corpus.ts';
import { exchange } from '../memory-sockets.ts';
import { mutatedBytes } from '../mutate.ts';
import { mutatedJson } from '../mutate-json.ts';
import { sampleOf } from '../sample-of.ts';
import { target } from '../target.ts';

const PARSES = [
  'network/http/app.ts',
  'network/http/route.ts',
  'network/http/guard.ts',
  'network/http/problem.ts',
];

/** Any bytes on a connection: a request that fits its operation, or a problem. Nothing else reaches a handler. */
const requestsTo = (name: string, operations: Operations, source: string) =>
  target<Uint8Array>({ name, parses: [...PARSES, source], usual: 200, corpus: 'http-requests' }, async () => {
    const broken: string[] = [];
    let reached = 0;
    const handlers = Object.fromEntries(
      Object.entries(operations).map(([key, operation]) => [
        key,
        (input: Record<string, unknown>) => {
          assertFits(operation, input, broken);
          reached += 1;
          throw new PeerdexError('not-found', 'as far as it goes');
        },
      ]),
    );
    const server = await createHttpServer({
      title: 'fuzz',
      version: '1',
      operations,
      handlers: handlers as unknown as Handlers<Operations>,
      allowedHosts: () => ['files.example'],
      log: { ...silentLog, error: (message) => broken.push(message) },
    });
    const check = async (bytes: Uint8Array): Promise<boolean> => {
      const before = reached;
      const answer = await exchange((socket) => server.accept(socket), bytes);
      assert.deepEqual(broken.splice(0), []);
      // Node ends a connection at once on which somebody asks for a tunnel, also where an answer is on its way.
      const isTunnel = Buffer.from(bytes).includes('CONNECT ');
      if (reached > before && !isTunnel)
        assert.ok(answer.byteLength > 0, 'a request that was taken is answered');
      assertAnswer(answer.toString('latin1'));
      return reached > before;
    };
    const all = Object.values(operations);
    const inputs = fc.oneof(
      { weight: 1, arbitrary: mutatedBytes([...all.map((one) => requestOf(one)), ...kept('http-requests')]) },
      { weight: 3, arbitrary: fc.constantFrom(...all).chain(nearRequest) },
    );
    return { inputs, check, close: () => server.close() };
  });

export const registryRequests = requestsTo(
  'registry-requests',
  registryOperations,
  'protocol/http/registry/operations.ts',
);
export const peerRequests = requestsTo('peer-requests', peerOperations, 'protocol/http/peer/operations.ts');
export const localRequests = requestsTo(
  'local-requests',
  { ...localOperations, ...registryLocalOperations },
  'protocol/http/local/operations.ts',
);

/** By another program than the one that let it through. */
function assertFits(operation: Operation, input: Record<string, unknown>, broken: string[]): void {
  for (const part of ['params', 'query', 'body'] as const) {
    const schema = operation[part];
    if (schema && !fitsSchema(schema, input[part]))
      broken.push(`${operation.path} was reached by ${part} ${JSON.stringify(input[part])}`);
  }
}

/** Every answer is one that HTTP knows, and a refusal says why. */
function assertAnswer(answer: string): void {
  if (answer === '') return;
  const [, status, rest] = /^HTTP\/1\.1 (\d{3}) [^\r\n]*\r\n([\s\S]*)$/.exec(answer) ?? [];
  assert.ok(status !== undefined && Number(status) < 500, answer.slice(0, 500));
  if (Number(status) < 400) return;
  const [head, body] = rest!.split('\r\n\r\n', 2);
  assert.match(head!, /content-type: application\/problem\+json/i);
  const length = /content-length: (\d+)/i.exec(head!)?.[1];
  const text = length === undefined ? '' : Buffer.from(body!.slice(0, Number(length)), 'latin1').toString();
  if (text === '') return;
  const problem = JSON.parse(text) as { code: string; detail: string; status: number };
  assert.ok(problem.code && problem.detail && problem.status === Number(status), text);
}

/** A request whose parts are nearly right, with a body of the length that it says. */
function nearRequest(operation: Operation): fc.Arbitrary<Uint8Array> {
  const { params, query, body } = operation;
  const part = (schema: unknown) =>
    schema === undefined ? fc.constant(undefined) : mutatedJson([sampleOf(schema)]);
  return fc
    .tuple(part(params), part(query), part(body))
    .map(([one, two, three]) => requestOf(operation, one, two, three));
}

function requestOf(
  { method, path, params, query, body }: Operation,
  inPath: unknown = params && sampleOf(params),
  inQuery: unknown = query && sampleOf(query),
  inBody: unknown = body && sampleOf(body),
): Uint8Array {
  const values = (inPath ?? {}) as Record<string, unknown>;
  const where = path.replace(/:(\w+)|\*$/g, (name, param?: string) => encode(values[param ?? name]));
  const fields = typeof inQuery === 'object' && inQuery !== null ? Object.entries(inQuery) : [];
  const search = fields.map(([key, value]) => `${encode(key)}=${encode(value)}`).join('&');
  const text = Buffer.from(inBody === undefined ? '' : JSON.stringify(inBody));
  const type =
    inBody === undefined ? '' : `Content-Type: application/json\r\nContent-Length: ${text.byteLength}\r\n`;
  const head = `${method} ${where}${search && `?${search}`} HTTP/1.1\r\nHost: 127.0.0.1:80\r\n${type}\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), text]);
}

function encode(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return encodeURIComponent(text.toWellFormed());
}

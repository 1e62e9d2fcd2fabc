import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { Log } from '../../src/core/ports/log.ts';
import { silentLog } from '../../src/core/ports/log.ts';
import { localOperations } from '../../src/protocol/http/local/operations.ts';
import type { Operation, Operations } from '../../src/protocol/http/operation.ts';
import { peerOperations } from '../../src/protocol/http/peer/operations.ts';
import { registryOperations } from '../../src/protocol/http/registry/operations.ts';
import { Cluster } from '../harness/cluster.ts';
import { makeTree } from '../harness/files.ts';
import { TestMember } from '../harness/test-member.ts';
import { nearly, text } from './from-schema.ts';
import { runs } from './runs.ts';

/** A request as it is sent: `path` is encoded already. */
interface Shot {
  readonly method: string;
  readonly path: string;
  readonly type: string | undefined;
  readonly body: string | Uint8Array | undefined;
}

/** These end the daemon, wait for a registry that is not there, or take their time and nothing from the caller. */
const SPARED = ['leave', 'join', 'rescan'];

const anyBody: fc.Arbitrary<Pick<Shot, 'type' | 'body'>> = fc.oneof(
  fc.json().map((body) => ({ type: 'application/json', body })),
  fc.uint8Array({ maxLength: 300 }).map((body) => ({ type: 'application/json', body })),
  fc.uint8Array({ maxLength: 300 }).map((body) => ({ type: 'application/octet-stream', body })),
  fc.constantFrom(
    { type: 'application/json', body: '' },
    { type: 'application/json', body: '{"__proto__":{"a":1},"constructor":{"prototype":{}}}' },
    { type: 'application/json', body: `${'['.repeat(50_000)}` },
    { type: 'application/json', body: `{"what":["${'x'.repeat(1_100_000)}"]}` },
    { type: 'application/json; charset=utf-7', body: '{}' },
    { type: 'text/plain', body: '{"what":["a"]}' },
    { type: 'multipart/form-data; boundary=x', body: '--x--' },
    { type: 'not a type', body: '{}' },
  ),
);

const anyShot: fc.Arbitrary<Shot> = fc
  .tuple(
    fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS', 'QUERY', 'PROPFIND'),
    fc.oneof(
      fc.webPath(),
      text.map(encode).map((one) => `/v1/${one}`),
      fc.constant('/openapi.json'),
    ),
    anyBody,
  )
  .map(([method, path, body]) => ({ method, path: path === '' ? '/' : path, ...body }));

interface FuzzTarget {
  readonly port: number;
  readonly token?: string;
  /** What it answers with 200. */
  readonly well: string;
}

describe('HTTP servers under rubbish', () => {
  let cluster: Cluster;
  const targets: Record<string, FuzzTarget> = {};
  const broken: string[] = [];
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });

  before(async () => {
    const log: Log = { ...silentLog, error: (message) => broken.push(message) };
    cluster = await Cluster.start({ mode: 'plaintext', log });
    const share = await makeTree(cluster.folder.join('share'), { 'a.txt': 'some text', 'b/c.txt': 'more' });
    const peer = await cluster.peer('fuzzed', { shares: [share], log });
    const member = await TestMember.join(cluster.registry.join);
    const { port } = peer.running.ready.listen[0]!;
    const token = await member.registryToken();
    targets.registry = { port: cluster.registry.address.port, token, well: '/v1/network' };
    const shown = (await member.authorization(peer.id, port)).replace('Bearer ', '');
    targets.public = { port, token: shown, well: '/v1/peer' };
    targets.local = { ...peer.local, well: '/v1/status' };
  });
  after(async () => {
    agent.destroy();
    await cluster[Symbol.asyncDispose]();
  });

  const isWell = async (target: FuzzTarget) => {
    const shot = { method: 'GET', path: target.well, type: undefined, body: undefined };
    assert.equal((await send(target, shot, agent)).status, 200);
    assert.deepEqual(broken, []);
  };

  const all: [name: string, operations: Operations][] = [
    ['registry', registryOperations],
    ['public', peerOperations],
    ['local', localOperations],
  ];
  for (const [name, operations] of all) {
    const shots = Object.entries(operations)
      .filter(([operation]) => !SPARED.includes(operation))
      .map(([, operation]) => shotAt(operation));

    it(`${name}: any request is answered, with a problem or with success, never with 5xx`, async () => {
      const target = targets[name]!;
      await fc.assert(
        fc.asyncProperty(fc.oneof(...shots, anyShot), async (shot) => {
          const { status, type, body } = await send(target, shot, agent);
          assert.ok(status >= 200 && status < 500, `${status} for ${shot.method} ${shot.path}: ${body}`);
          if (status < 400 || shot.method === 'HEAD') return;
          assert.equal(type, 'application/problem+json', `${shot.method} ${shot.path}: ${body}`);
          const problem = JSON.parse(body) as { code: string; detail: string; status: number };
          assert.equal(problem.status, status);
          assert.ok(problem.code && problem.detail);
        }),
        runs(150),
      );
      await isWell(target);
    });

    it(`${name}: bytes that are no request end the connection and nothing else`, async () => {
      const target = targets[name]!;
      const line = fc.constantFrom(
        'GET / HTTP/1.1\r\n',
        'POST /v1/get HTTP/1.1\r\n',
        'Host: localhost\r\n',
        'Content-Length: 99999999999999\r\n',
        'Content-Length: -1\r\n',
        'Transfer-Encoding: chunked\r\n',
        'Content-Type: application/json\r\n',
        'Expect: 100-continue\r\n',
        'Upgrade: websocket\r\nConnection: Upgrade\r\n',
        'Range: bytes=9-1,5-5,-\r\n',
        '\r\n',
        'ffffffffffffffff\r\n',
        '{"a":',
        'X: \0\r\n',
        'GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n',
        'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n',
        'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      );
      const rubbish = fc.array(
        fc.oneof(
          line,
          fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
        ),
        { minLength: 1, maxLength: 8 },
      );
      await fc.assert(
        fc.asyncProperty(rubbish, async (parts) => {
          const socket = connect(target.port, '127.0.0.1');
          socket.on('error', () => {});
          await once(socket, 'connect');
          socket.resume();
          socket.end(Buffer.from(parts.join(''), 'latin1'));
          await once(socket, 'close', { signal: AbortSignal.timeout(20_000) });
        }),
        runs(25),
      );
      await isWell(target);
    });
  }
});

/** Requests of one operation that nearly fit it. */
function shotAt(operation: Operation): fc.Arbitrary<Shot> {
  const { method, path, params, query, body } = operation;
  const path$ = params
    ? nearly(params).map((values) => fillIn(path, values as Record<string, unknown> | null))
    : fc.constant(path);
  const query$ = query
    ? fc.oneof(fc.constant(''), nearly(query).map(toQuery), fc.webQueryParameters())
    : fc.constant('');
  const body$: fc.Arbitrary<Pick<Shot, 'type' | 'body'>> = body
    ? fc.oneof(
        {
          weight: 6,
          arbitrary: nearly(body).map((value) => ({
            type: 'application/json',
            body: JSON.stringify(harmless(value)),
          })),
        },
        { weight: 1, arbitrary: anyBody },
      )
    : fc.oneof(
        { weight: 6, arbitrary: fc.constant({ type: undefined, body: undefined }) },
        { weight: 1, arbitrary: anyBody },
      );
  return fc.tuple(path$, query$, body$).map(([where, search, what]) => ({
    method,
    path: search === '' ? where : `${where}?${search}`,
    ...what,
  }));
}

const fillIn = (path: string, values: Record<string, unknown> | null): string =>
  path.replace(/:(\w+)|\*$/g, (name, param?: string) => encode(values?.[param ?? name] ?? 'x'));

function toQuery(values: unknown): string {
  if (typeof values !== 'object' || values === null) return encode(values);
  // A long poll would only be waited for.
  const entries = Object.entries(values).map(([key, value]) => [key, key === 'wait' ? '0.01' : value]);
  return entries.map(([key, value]) => `${encode(key)}=${encode(value)}`).join('&');
}

/** No folder of this machine is shared or written by chance. */
function harmless(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      (key === 'path' || key === 'output') && typeof one === 'string' && one !== ''
        ? `/nonexistent-folder/${one}`
        : one,
    ]),
  );
}

/** As a client would, except that what cannot be encoded goes as it is. */
function encode(value: unknown): string {
  const plain = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  try {
    return encodeURIComponent(plain);
  } catch {
    return '%ed%a0%80';
  }
}

async function send(
  { port, token }: { readonly port: number; readonly token?: string },
  { method, path, type, body }: Shot,
  agent: Agent,
): Promise<{ status: number; type: string; body: string }> {
  const sent = request({
    agent,
    port,
    host: '127.0.0.1',
    method,
    path,
    signal: AbortSignal.timeout(20_000),
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(type === undefined ? {} : { 'content-type': type }),
      ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
    },
  });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return {
    status: response.statusCode ?? 0,
    type: (response.headers['content-type'] ?? '').split(';')[0]!,
    body: Buffer.concat(chunks).toString('utf8', 0, 2000),
  };
}

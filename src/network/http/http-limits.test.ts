import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { hooks, sampleOperations, serveSamples } from '../../../test/support/sample-api.ts';
import { createClient } from './client.ts';

test('with a token nothing is answered without it', async () => {
  await using server = await serveSamples({ token: 'sesame' });
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  const folder = await mkdtemp(join(tmpdir(), 'peerdex-http-'));
  const socketPath = await server.listen({ path: join(folder, 'api.sock') });
  for (const target of [{ address: { host: '127.0.0.1', port } }, { socketPath }]) {
    await assert.rejects(createClient(sampleOperations, target).drop(), { code: 'unauthorized' });
    await assert.rejects(createClient(sampleOperations, { ...target, token: 'sesam' }).drop(), {
      code: 'unauthorized',
    });
    assert.equal(await createClient(sampleOperations, { ...target, token: 'sesame' }).drop(), undefined);
  }
  await rm(folder, { recursive: true });
});

test('closing answers long polls and ends at once', async () => {
  const server = await serveSamples();
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  const entered = new Promise<void>((resolve) => {
    hooks.waiting = resolve;
  });
  const answer = createClient(sampleOperations, { address: { host: '127.0.0.1', port } }).wait();
  await entered;
  const from = performance.now();
  await server.close();
  assert.deepEqual(await answer, { ended: 'the server closes' });
  assert.ok(performance.now() - from < 900);
});

test('a request is only so large, and its body takes only so long', async () => {
  const limits = { headerBytes: 2048, bodyBytes: 100, headerMs: 100, bodyMs: 100 };
  await using server = await serveSamples({ limits });
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  const answerTo = async (head: string, body = '') => {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    socket.write(
      `POST /v1/add/x HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${head}\r\n`,
    );
    socket.write(body);
    const answer = await text(socket);
    return {
      status: /^HTTP\/1\.1 (\d+) /.exec(answer)?.[1],
      problem: JSON.parse(answer.split('\r\n\r\n')[1]!),
    };
  };
  const large = await answerTo('Content-Length: 101\r\nConnection: close\r\n', 'x'.repeat(101));
  assert.deepEqual([large.status, large.problem.code], ['413', 'limit']);
  const long = await answerTo(`X-Long: ${'x'.repeat(2048)}\r\n`);
  assert.deepEqual([long.status, long.problem.code], ['431', 'limit']);
  const slow = await answerTo('Content-Length: 50\r\n', '{');
  assert.deepEqual([slow.status, slow.problem.detail], ['408', 'the request took too long to arrive']);
});

test('a client that is slow with its headers, and one too many, are let go', async () => {
  await using server = await serveSamples({ limits: { headerMs: 100, bodyMs: 200, connections: 1 } });
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  const slow = connect(port, '127.0.0.1');
  slow.write('GET /v1/wait HTTP/1.1\r\nHost: loc');
  await once(slow, 'connect');
  const second = connect(port, '127.0.0.1');
  second.resume();
  await once(second, 'close');
  assert.match(await text(slow), /^HTTP\/1\.1 408 /);
});

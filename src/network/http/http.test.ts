import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { hooks, sampleOperations, serveSamples } from '../../../test/support/sample-api.ts';
import type { PeerdexError } from '../../core/errors.ts';
import { createClient } from './client.ts';
import type { HttpServer } from './server.ts';
import { fitsSchema } from './validate.ts';

describe('HTTP server and client', () => {
  let server: HttpServer;
  let port: number;
  before(async () => {
    server = await serveSamples();
    port = (await server.listen({ host: '127.0.0.1', port: 0 })).port;
  });
  after(() => server.close());
  const client = (more = {}) =>
    createClient(sampleOperations, { address: { host: '127.0.0.1', port }, ...more });

  test('params, coerced query and body reach the handler, and its answer comes back', async () => {
    const sum = await client().add({
      params: { name: 'a/b' },
      query: { twice: true, plus: 4 },
      body: { numbers: [1, 2.5] },
    });
    assert.deepEqual(sum, { name: 'a/b', sum: 15 });
    assert.equal(await client().drop(), undefined);
  });

  test("a handler's error arrives with code, hint and candidates", async () => {
    await assert.rejects(
      client().add({ params: { name: 'x' }, body: { numbers: [2e6] } }),
      (error: PeerdexError) => {
        assert.equal(error.code, 'ambiguous');
        assert.equal(error.message, 'too much of it');
        assert.equal(error.hint, 'send less');
        assert.deepEqual(error.candidates, [{ what: 'less', note: 'a smaller sum' }]);
        return true;
      },
    );
  });

  test('what broke inside is logged and not told', async () => {
    await assert.rejects(client().broken(), (error: PeerdexError) => {
      assert.equal(error.code, 'failed');
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
    assert.ok(hooks.logged.some((line) => line.includes('secret')));
  });

  test('a request that does not fit its schema is a usage problem', async () => {
    const add = client().add;
    await assert.rejects(add({ params: { name: 'much too long' }, body: { numbers: [] } }), {
      code: 'usage',
    });
    const text = ['1'] as unknown as number[];
    await assert.rejects(add({ params: { name: 'x' }, body: { numbers: text } }), { code: 'usage' });
    await assert.rejects(add({ params: { name: 'x' }, query: { plus: 1.5 }, body: { numbers: [] } }), {
      code: 'usage',
    });
    const more = { numbers: [1], future: true };
    assert.equal((await add({ params: { name: 'x' }, body: more })).sum, 1);
  });

  test('objects stream a line each, and errors before the first are problems', async () => {
    const seen: number[] = [];
    for await (const { n } of client().count({ query: { to: 5000 } })) seen.push(n);
    assert.equal(seen.length, 5000);
    await assert.rejects(
      client()
        .count({ query: { to: -1 } })
        .next(),
      { code: 'not-found' },
    );
  });

  test('a stream that breaks ends the connection and is unavailable', async () => {
    let last = 0;
    await assert.rejects(
      async () => {
        for await (const { n } of client().count({ query: { to: 10, breakAt: 4 } })) last = n;
      },
      { code: 'unavailable' },
    );
    assert.ok(last <= 3);
  });

  test('a reader that stops is waited for, and its leaving ends the handler', async () => {
    const ended = new Promise<void>((resolve) => {
      hooks.countEnded = resolve;
    });
    for await (const { n } of client().count({ query: { to: 100_000_000 } })) if (n === 3) break;
    await ended;
    assert.ok(hooks.counted < 10_000_000, `the handler ran on to ${hooks.counted}`);
  });

  test('bytes come with the headers of the handler; HEAD brings those alone', async () => {
    for (const name of ['stream/ä b', 'buffer']) {
      const { status, headers, body } = await client().bytes({ params: { '*': name } });
      assert.equal(status, 200);
      assert.equal(await text(body), name);
      assert.equal(headers['content-length'], String(Buffer.byteLength(name)));
      const head = await client().bytes({ params: { '*': name } }, { head: true });
      assert.equal(head.headers['content-length'], String(Buffer.byteLength(name)));
      assert.equal((await buffer(head.body)).byteLength, 0);
    }
  });

  test('a call ends with its signal, with its time-out, and the handler learns of it', async () => {
    const abort = new AbortController();
    hooks.waiting = () => abort.abort(new Error('enough'));
    const left = new Promise<void>((resolve) => {
      hooks.gone = resolve;
    });
    await assert.rejects(client().wait({}, { signal: abort.signal }), /enough/);
    await left;
    hooks.waiting = () => {};
    await assert.rejects(client().wait({}, { timeoutMs: 30 }), {
      code: 'unavailable',
      message: /127\.0\.0\.1:\d+ within 0\.03 s/,
    });
  });

  test('a client that went away before the first line is no failure', async () => {
    const abort = new AbortController();
    hooks.waiting = () => abort.abort(new Error('enough'));
    const ended = new Promise<void>((resolve) => {
      hooks.countEnded = resolve;
    });
    const logged = hooks.logged.length;
    const lines = client().count({ query: { to: 1, afterClient: true } }, { signal: abort.signal });
    await assert.rejects(lines.next(), /enough/);
    await ended;
    await client().drop();
    assert.deepEqual(hooks.logged.slice(logged), []);
  });

  test('the signal of a request aborts when its answer is out, so that nothing of it is kept', async () => {
    const answered = new Promise<string>((resolve) => {
      hooks.over = resolve;
    });
    await client().add({ params: { name: 'a' }, body: { numbers: [1] } });
    assert.equal(await answered, 'the answer is out');
  });

  test('answers are checked when the caller wants it, and bounded', async () => {
    assert.deepEqual(await client().lie(), { n: 'not a number' });
    await assert.rejects(client({ fits: fitsSchema }).lie(), { code: 'failed', message: /does not fit/ });
    await assert.rejects(client().lie({}, { maxBytes: 5 }), { code: 'failed', message: /more than 5 bytes/ });
  });

  test('who is not there is unavailable', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const address = { host: '127.0.0.1', port: (free.address() as { port: number }).port };
    free.close();
    await once(free, 'close');
    await assert.rejects(createClient(sampleOperations, { address }).drop(), { code: 'unavailable' });
    await assert.rejects(createClient(sampleOperations, { socketPath: '/nowhere/peerdex.sock' }).drop(), {
      code: 'unavailable',
    });
  });

  test('what does not speak HTTP is said', async () => {
    const rude = createServer((socket) => socket.end('220 mail.example ESMTP\r\n')).listen(0, '127.0.0.1');
    await once(rude, 'listening');
    const address = { host: '127.0.0.1', port: (rude.address() as { port: number }).port };
    await assert.rejects(createClient(sampleOperations, { address }).drop(), {
      code: 'failed',
      message: /does not speak HTTP/,
    });
    rude.close();
  });

  const raw = (path: string, headers: Record<string, string> = {}, method = 'GET', body?: string) =>
    new Promise<{ status: number; type: string; problem: Record<string, unknown> }>((resolve, reject) => {
      const outgoing = request(
        { host: '127.0.0.1', port, path, method, headers, setHost: false, agent: false },
        async (message) => {
          const answer = await text(message);
          const problem = JSON.parse(answer) as Record<string, unknown>;
          resolve({ status: message.statusCode!, type: message.headers['content-type']!, problem });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });

  test('Host and Origin that are not ours are refused', async () => {
    const good = ['127.0.0.1', 'localhost:99', '[::1]:80', 'FILES.example.', '10.0.0.1:5'];
    for (const host of good) assert.equal((await raw('/openapi.json', { host })).status, 200, host);
    for (const host of ['evil.example', 'files.example.evil', 'localhost@evil', '', '127.0.0.1.evil:80']) {
      const { status, problem } = await raw('/openapi.json', { host });
      assert.equal(status, 403, host);
      assert.equal(problem.code, 'forbidden');
    }
    assert.equal((await raw('/openapi.json')).status, 403);
    assert.equal((await raw('/nothing', { host: 'evil.example' })).status, 403);
    const own = { host: `127.0.0.1:${port}` };
    assert.equal((await raw('/openapi.json', { ...own, origin: `http://127.0.0.1:${port}` })).status, 200);
    assert.equal((await raw('/openapi.json', { ...own, origin: 'http://evil.example' })).status, 403);
    assert.equal((await raw('/openapi.json', { ...own, origin: 'null' })).status, 403);
  });

  test('every refusal is a problem', async () => {
    const json = { host: 'localhost', 'content-type': 'application/json' };
    const cases: [ReturnType<typeof raw>, number, string][] = [
      [raw('/v1/nothing', json), 404, 'not-found'],
      [raw('/v1/sums/x', json), 405, 'usage'],
      [raw('/v1/%zz', json), 400, 'usage'],
      [raw('/v1/sums/x', json, 'POST', '{"numbers":'), 400, 'usage'],
      [raw('/v1/sums/x', json, 'POST', '{"numbers":[],"__proto__":{}}'), 400, 'usage'],
      [raw('/v1/sums/x', { ...json, 'content-type': 'text/plain' }, 'POST', '{}'), 415, 'usage'],
      [raw('/v1/sums/x', json, 'POST', ' '.repeat(2 * 1024 * 1024)), 413, 'limit'],
      [raw('/v1/wait', { host: 'localhost', filler: 'x'.repeat(64 * 1024) }), 431, 'limit'],
    ];
    for (const [answer, status, code] of cases) {
      const { status: got, type, problem } = await answer;
      assert.deepEqual([got, problem.code, problem.status], [status, code, status]);
      assert.match(type, /^application\/problem\+json/);
    }
  });

  test('/openapi.json has every operation with its errors', async () => {
    const { problem: document } = await raw('/openapi.json', { host: 'localhost' });
    const paths = document.paths as Record<
      string,
      Record<string, { operationId: string; responses: object }>
    >;
    const ids = Object.values(paths).flatMap((methods) =>
      Object.values(methods).map((one) => one.operationId),
    );
    assert.deepEqual(ids.sort(), Object.keys(sampleOperations).sort());
    assert.deepEqual(Object.keys(paths['/v1/sums/{name}']!.post!.responses), [
      '200',
      '400',
      '401',
      '403',
      '409',
      '429',
      '500',
    ]);
  });

  test('a connection from elsewhere is served with the bytes that were read already', async () => {
    const front = createServer((socket) => {
      socket.once('data', (first) => {
        socket.pause();
        socket.unshift(first);
        setImmediate(() => server.accept(socket));
      });
    }).listen(0, '127.0.0.1');
    await once(front, 'listening');
    const address = { host: '127.0.0.1', port: (front.address() as { port: number }).port };
    const body = { numbers: Array.from({ length: 50_000 }, () => 0.5) };
    const { sum } = await createClient(sampleOperations, { address }).add({ params: { name: 'x' }, body });
    assert.equal(sum, 25_000);
    front.close();
  });
});

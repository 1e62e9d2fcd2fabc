import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { eventually } from '../../../test/harness/eventually.ts';
import { silentLog } from '../../core/ports/log.ts';
import type { Operations } from '../../protocol/http/operation.ts';
import { Type } from '../../protocol/schema.ts';
import { createHttpServer, type HttpServer } from './server.ts';

const operations = {
  take: {
    method: 'POST',
    path: '/v1/take',
    summary: 'Takes a text.',
    body: Type.Object({ text: Type.String() }),
    response: Type.Object({ length: Type.Integer() }),
    errors: [],
  },
} as const satisfies Operations;

const ROOM = 256 * 1024;
const limits = { bodies: 4 * ROOM, bodiesOfOne: ROOM };

const serve = (): Promise<HttpServer> =>
  createHttpServer({
    title: 'test',
    version: '1.2.3',
    operations,
    allowedHosts: () => [],
    log: silentLog,
    limits,
    handlers: { take: async ({ body }) => ({ length: body.text.length }) },
  });

const BODY = JSON.stringify({ text: 'x'.repeat(100_000) });

/** A request of which only the first bytes of its body are sent. */
async function begin(port: number, bytes: number, { type = 'application/json', from = '127.0.0.1' } = {}) {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from }).on('error', () => {});
  await once(socket, 'connect');
  const head = `Host: localhost\r\nContent-Type: ${type}\r\nContent-Length: ${BODY.length}\r\n`;
  socket.write(`POST /v1/take HTTP/1.1\r\n${head}Connection: close\r\n\r\n${BODY.slice(0, bytes)}`);
  return { socket, rest: () => ended(socket, BODY.slice(bytes)) };
}

async function ended(socket: Socket, bytes: string): Promise<string> {
  socket.write(bytes);
  return text(socket);
}

const whole = async (port: number, from?: string) => (await begin(port, BODY.length, { from })).rest();
const is = (status: number) => (answer: string) => answer.startsWith(`HTTP/1.1 ${status} `);

describe('bodies of requests under way', () => {
  it('have room for so many bytes of one address, and who is refused may come again when they are gone', async () => {
    await using server = await serve();
    const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
    const kept = [await begin(port, 90_000), await begin(port, 90_000)];
    const answer = await eventually(async () => {
      const one = await whole(port);
      return is(503)(one) ? one : undefined;
    });
    assert.match(answer, /\r\nretry-after: 1\r\n/);
    assert.match(answer, /\r\nconnection: close\r\n/);
    const { code, retry, detail } = JSON.parse(answer.split('\r\n\r\n')[1]!);
    assert.deepEqual([code, retry], ['unavailable', true]);
    assert.match(detail, /request bodies under way/);
    assert.ok(is(200)(await whole(port, '127.0.0.2')), 'another address has its own');
    assert.ok(is(200)(await kept[0]!.rest()), 'what was under way goes on');
    kept[1]!.socket.destroy();
    await eventually(async () => is(200)(await whole(port)));
    // Nothing is left of any of them.
    const again = [await begin(port, 90_000), await begin(port, 90_000)];
    for (const one of again) assert.ok(is(200)(await one.rest()));
  });

  it('have room for so many bytes of all addresses', async () => {
    await using server = await serve();
    const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
    for (let n = 2; n <= 5; n += 1) {
      const from = `127.0.0.${n}`;
      await begin(port, 99_000, { from });
      await begin(port, 99_000, { from });
      await begin(port, 40_000, { from });
    }
    await eventually(async () => is(503)(await whole(port, '127.0.0.9')));
  });

  it('take no room before they are sent, and in pieces of one byte more than their bytes', async () => {
    await using server = await serve();
    const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
    const empty = await Promise.all(Array.from({ length: 50 }, () => begin(port, 0)));
    assert.ok(is(200)(await whole(port)));
    for (const { socket } of empty) socket.destroy();
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    const head = 'Host: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n';
    socket.write(`POST /v1/take HTTP/1.1\r\n${head}\r\n${'1\r\n \r\n'.repeat(2000)}`);
    assert.ok(is(503)(await text(socket)));
  });

  it('that were refused unread do not stand before the next request of their connection', async () => {
    await using server = await serve();
    const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
    const large = 'x'.repeat(1_000_000);
    const post = (type: string, body: string, more = '') =>
      `POST /v1/take HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n${more}\r\n${body}`;
    for (let n = 0; n < 5; n += 1) {
      const socket = connect(port, '127.0.0.1');
      socket.write(post('text/plain', large));
      socket.write(post('application/json', BODY, 'Connection: close\r\n'));
      const answers = (await text(socket)).match(/HTTP\/1\.1 \d+/g);
      assert.deepEqual(answers, ['HTTP/1.1 415', 'HTTP/1.1 200']);
    }
  });

  it('that are refused unread, or break off, break nothing', async () => {
    await using server = await serve();
    const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
    for (let n = 0; n < 10; n += 1) {
      const plain = await begin(port, 90_000, { type: 'text/plain' });
      assert.ok(is(415)(await text(plain.socket)));
      const broken = await begin(port, 50_000);
      broken.socket.resetAndDestroy();
    }
    await eventually(async () => is(200)(await whole(port)));
  });
});

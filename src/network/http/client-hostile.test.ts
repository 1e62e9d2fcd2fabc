import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { after, before, describe, test } from 'node:test';
import type { Operations } from '../../protocol/http/operation.ts';
import { Type } from '../../protocol/schema.ts';
import { createClient } from './client.ts';
import { fitsSchema } from './validate.ts';

const operations = {
  list: { method: 'GET', path: '/', summary: 'Lists.', response: Type.Array(Type.Integer()), errors: [] },
} as const satisfies Operations;

describe('a client of a hostile server', () => {
  let answer = '';
  let server: Server;
  let port: number;
  before(async () => {
    server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end(answer));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as { port: number }).port;
  });
  after(() => server.close());

  const call = (more: object = {}, options: object = {}) =>
    createClient(operations, { address: { host: '127.0.0.1', port }, ...more }).list({}, options);
  const lists = (values: number): void => {
    const body = `[${Array(values).fill('1').join(',')}]`;
    answer = `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  };

  test('is not left waiting by an answer that goes on in another protocol', async () => {
    answer = 'HTTP/1.1 101 Switching Protocols\r\nupgrade: other\r\nconnection: upgrade\r\n\r\n';
    await assert.rejects(call(), { code: 'failed' });
  });

  test('takes no more values than it expects, where it does not trust the server', async () => {
    lists(10_000);
    await assert.rejects(call({ fits: fitsSchema }), { code: 'failed' });
    assert.equal((await call({ fits: fitsSchema }, { maxValues: 20_000 })).length, 10_000);
    assert.equal((await call()).length, 10_000, 'its own daemon may say more');
    lists(9_999);
    assert.equal((await call({ fits: fitsSchema })).length, 9_999);
  });
});

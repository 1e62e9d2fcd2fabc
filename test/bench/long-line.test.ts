import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { LongLine } from '../../bench/long-line/line.ts';
import { seededBytes } from '../harness/files.ts';

test('a long line brings every byte in order, and the end, in both directions', async () => {
  const bytes = seededBytes(3_000_000);
  const server = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  await using line = await LongLine.start({ rate: 100e6, delay: 0.005 });
  line.target = (server.address() as AddressInfo).port;
  let arrived = 0;
  line.onArrival = (count) => {
    arrived += count;
  };
  const socket = connect({
    port: Number(line.address.split(':')[1]),
    host: '127.0.0.1',
    allowHalfOpen: true,
  });
  socket.end(bytes);
  assert.ok((await buffer(socket)).equals(bytes));
  assert.equal(arrived, bytes.byteLength);
  server.close();
});

test('whoever dials is cut off when the other end breaks', async () => {
  const server = createServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  await using line = await LongLine.start({ rate: 100e6, delay: 0.001 });
  line.target = (server.address() as AddressInfo).port;
  const socket = connect({ port: Number(line.address.split(':')[1]), host: '127.0.0.1' });
  socket.on('error', () => {}); // a reset is as good as an end
  socket.write('go');
  await once(socket.resume(), 'close');
  server.close();
});

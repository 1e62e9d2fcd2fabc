import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { eventually } from './eventually.ts';
import { seededBytes } from './files.ts';
import { TcpProxy } from './tcp-proxy.ts';

const SENT = seededBytes(3_000_000, 5);

/** A server that answers the first bytes of every connection with SENT and closes. */
async function sender(): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer((socket: Socket) => {
    socket.once('data', () => socket.end(SENT));
    socket.on('error', () => {});
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => void server.close(),
  };
}

async function fetchThrough(proxy: TcpProxy, hello: string): Promise<Buffer> {
  const socket = connect(proxy.port, '127.0.0.1');
  socket.write(hello);
  return buffer(socket);
}

const differences = (got: Buffer): number =>
  got.reduce((count, byte, i) => count + (byte === SENT[i] ? 0 : 1), 0);

describe('the proxy of the tests', () => {
  it('passes everything on and counts every byte', async () => {
    await using target = await sender();
    await using proxy = await TcpProxy.start(target.port);
    const got = await fetchThrough(proxy, 'hello');
    assert.equal(differences(got), 0);
    assert.deepEqual(
      [got.byteLength, proxy.toTarget, proxy.fromTarget, proxy.connections],
      [SENT.length, 5, SENT.length, 1],
    );
  });

  it('turns bytes over on what is not HTTP, and only there', async () => {
    await using target = await sender();
    await using proxy = await TcpProxy.start(target.port);
    proxy.corruptData(500_000);
    assert.equal(differences(await fetchThrough(proxy, 'GET / HTTP/1.1\r\n')), 0);
    const hits = differences(await fetchThrough(proxy, 'binary'));
    assert.ok(hits >= 1 && hits <= 6, `${hits} bytes differ`);
  });

  it('holds back while stalled, and cuts', async () => {
    await using target = await sender();
    await using proxy = await TcpProxy.start(target.port);
    proxy.stall();
    const held = fetchThrough(proxy, 'hello');
    await eventually(() => proxy.connections === 1);
    assert.equal(proxy.total, 0);
    proxy.flow();
    assert.equal((await held).byteLength, SENT.length);
    const socket = connect(proxy.port, '127.0.0.1');
    await eventually(() => proxy.connections === 2);
    proxy.cut();
    await once(socket.resume(), 'close');
  });
});

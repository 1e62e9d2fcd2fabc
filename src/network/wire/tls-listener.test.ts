import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect as connectTcp, createServer, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { eventually } from '../../../test/harness/eventually.ts';
import { WireServer } from '../../../test/harness/wire-server.ts';
import { freshKey } from '../../../test/support/fresh-key.ts';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import type { Address } from '../../core/address.ts';
import type { PortLimits } from '../../core/limits/limits.ts';
import { silentLog } from '../../core/ports/log.ts';
import { PREFACE } from '../../protocol/swarm/limits.ts';
import { createClient } from '../http/client.ts';
import { createHttpServer } from '../http/server.ts';
import type { PublicListenerOptions } from '../listener.ts';
import { openTlsWire } from './tls-wire.ts';

const KEY = freshKey();
const operations = {
  get: { method: 'GET', path: '/v1/x', summary: 'Gives nothing.', errors: [] },
} as const;
const start = async (limits: Partial<PortLimits> = {}, options: Partial<PublicListenerOptions> = {}) =>
  WireServer.start(await openTlsWire(KEY), { ...options, limits });

describe('the public port over TLS', () => {
  it('sorts by ALPN; who names no protocol speaks HTTP, other names and older versions are refused', async () => {
    await using server = await start();
    for (const [protocols, kind] of [
      [['peerdex/1'], 'swarm'],
      [['h2', 'http/1.1'], 'http'],
      [undefined, 'http'],
    ] as const) {
      const taken = once(server, kind);
      const socket = await handshake(server.address, protocols && { ALPNProtocols: [...protocols] });
      await taken;
      socket.destroy();
    }
    const only = { ALPNProtocols: ['h2'] };
    await assert.rejects(handshake(server.address, only), /NO_APPLICATION_PROTOCOL|no application protocol/);
    await assert.rejects(handshake(server.address, { maxVersion: 'TLSv1.2' }), /protocol version/);
    assert.equal(server.warnings.length, 1, 'both came from one address within a minute');
  });

  it('answers curl', async () => {
    await using http = await createHttpServer({
      title: 'test',
      version: '1',
      operations: {},
      handlers: {},
      allowedHosts: () => [],
      log: silentLog,
    });
    await using server = await start({}, { onHttp: (socket: Socket) => http.accept(socket) });
    const url = `https://127.0.0.1:${server.address.port}/openapi.json`;
    const { stdout } = await promisify(execFile)('curl', ['-sSk', url]);
    assert.equal(JSON.parse(stdout).info.title, 'test');
  });

  it('gives plaintext nothing but the end, and says so once', async () => {
    await using server = await start();
    server.on('swarm', () => assert.fail()).on('http', () => assert.fail());
    const warned = once(server, 'warn');
    for (const bytes of ['GET / HTTP/1.1\r\nhost: localhost\r\n\r\n', PREFACE]) {
      const socket = connectTcp(server.address.port, '127.0.0.1');
      socket.write(bytes);
      socket.on('data', () => assert.fail('an answer'));
      await once(socket, 'close');
    }
    await assert.rejects(createClient(operations, { address: server.address }).get(), {
      code: 'unavailable',
      message: /closed the connection without an answer/,
      hint: /plaintext to a TLS network/,
    });
    await warned;
    assert.deepEqual(server.warnings, ['refused plaintext HTTP: this network speaks TLS']);
  });

  it('is known for what it is when it answers plaintext with an alert', async () => {
    const server = createServer((socket) => socket.end(Buffer.from('15030100020246', 'hex')));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const client = createClient(operations, { address: { host: '127.0.0.1', port }, name: 'the registry' });
    await assert.rejects(client.get(), { message: 'the registry speaks TLS: is it a TLS network?' });
    server.close();
  });

  it('resumes no session', async () => {
    await using server = await start();
    const first = connect({ ...server.address, rejectUnauthorized: false });
    const [session] = await once(first, 'session');
    first.destroy();
    const second = await handshake(server.address, { session });
    assert.equal(second.isSessionReused(), false);
    assert.ok(second.getPeerX509Certificate());
    second.destroy();
  });

  it('ends handshakes that take too long', async () => {
    await using server = await start({ headerMs: 50 });
    const warned = once(server, 'warn');
    const socket = connectTcp(server.address.port, '127.0.0.1');
    await once(socket.resume(), 'close');
    assert.match((await warned)[0], /handshake failed: ERR_TLS_HANDSHAKE_TIMEOUT/);
  });

  it('has only so many handshakes under way, and lets go of each that ends in whatever way', async () => {
    await using server = await start({ handshakesUnderWay: 4 });
    const silent = () =>
      connectTcp(server.address.port, '127.0.0.1')
        .on('error', () => {})
        .resume();
    const waiting = [silent(), silent()];
    await Promise.all(waiting.map((socket) => once(socket, 'connect')));
    const refused = silent();
    await once(refused, 'close');
    assert.match(server.warnings[0] ?? '', /too many TLS handshakes/);
    waiting[0]!.destroy();
    // Those that are done do not count: the one free place serves again and again.
    const done: TLSSocket[] = [];
    for (let i = 0; i < 4; i += 1) {
      done.push(await eventually(() => handshake(server.address), { every: 10 }));
    }
    waiting[1]!.write('this is no handshake');
    await once(waiting[1]!, 'close');
    await eventually(async () => {
      const again = [silent(), silent(), silent()];
      await Promise.race(again.map((socket) => once(socket, 'close')));
      const held = again.filter((socket) => !socket.destroyed).length;
      for (const socket of again) socket.destroy();
      return held === 2;
    });
    for (const socket of done) socket.destroy();
  });

  it('has only so many handshakes a second, and closes the others before a byte of them', async () => {
    const clock = new ManualClock();
    await using server = await start({ handshakes: 100, handshakesOfOne: 1 }, { clock });
    for (let n = 0; n < 5; n += 1) (await handshake(server.address)).destroy();
    for (let n = 0; n < 3; n += 1) {
      const refused = connectTcp(server.address.port, '127.0.0.1').on('error', () => {});
      refused.on('data', () => assert.fail('an answer'));
      await once(refused, 'close');
    }
    assert.deepEqual(server.warnings, ['too many TLS handshakes a second: one was refused']);
    clock.advance(1000);
    (await handshake(server.address)).destroy();
    await assert.rejects(handshake(server.address));
  });

  it('takes only so many connections', async () => {
    await using server = await start({ connections: 1 });
    const socket = await handshake(server.address);
    const warned = once(server, 'warn');
    await assert.rejects(handshake(server.address));
    assert.match((await warned)[0], /too many connections/);
    socket.destroy();
  });
});

async function handshake({ host, port }: Address, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({ host, port, rejectUnauthorized: false, ...options });
  await once(socket, 'secureConnect');
  socket.on('error', () => {});
  return socket;
}

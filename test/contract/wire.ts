import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import type { PeerId } from '../../src/core/ids.ts';
import { silentLog } from '../../src/core/ports/log.ts';
import { createClient } from '../../src/network/http/client.ts';
import { createHttpServer } from '../../src/network/http/server.ts';
import { agentFor } from '../../src/network/wire/agent.ts';
import type { Wire } from '../../src/network/wire/wire.ts';
import type { Operations } from '../../src/protocol/http/operation.ts';
import { Type } from '../../src/protocol/schema.ts';
import { PREFACE } from '../../src/protocol/swarm/limits.ts';
import { eventually } from '../harness/eventually.ts';
import { freePort } from '../harness/free-port.ts';
import { WireServer } from '../harness/wire-server.ts';

const operations = {
  echo: {
    method: 'POST',
    path: '/v1/echo',
    summary: 'Says it again, and how much keying material the connection has.',
    body: Type.Object({ text: Type.String() }),
    response: Type.Object({ text: Type.String(), secret: Type.Integer() }),
    errors: [],
  },
} as const satisfies Operations;

/** What every Wire must do; `id` is what the wire's own listener shows. */
export function wireContract(name: string, open: () => Promise<{ wire: Wire; id: PeerId }>): void {
  describe(`wire: ${name}`, () => {
    it('hands a swarm connection on as one, with its first bytes, and carries bytes both ways', async () => {
      const { wire, id } = await open();
      await using server = await WireServer.start(wire);
      const taken = new Promise<{ socket: Socket; first: Buffer }>((resolve) =>
        server.once('swarm', (socket) => socket.once('data', (first: Buffer) => resolve({ socket, first }))),
      );
      const dialled = await wire.dial({ address: server.address, protocol: 'swarm', expect: id });
      dialled.write(PREFACE);
      const { socket, first } = await taken;
      assert.deepEqual(first, PREFACE);
      socket.write('welcome');
      const [answer] = await once(dialled, 'data');
      assert.equal(String(answer), 'welcome');
      const ended = once(socket, 'close');
      dialled.destroy();
      await ended;
    });

    it('takes so many connections of one address and so many of all, and says so once for each', {
      skip: process.platform === 'darwin' && 'a Mac has one loopback address',
    }, async () => {
      const { wire, id } = await open();
      await using server = await WireServer.start(wire, { limits: { connections: 5, connectionsOfOne: 2 } });
      const from = (localAddress: string) =>
        connect({ ...server.address, localAddress }).on('error', () => {});
      const stay = async (address: string) => {
        const socket = from(address);
        await once(socket, 'connect');
        return socket;
      };
      const kept = [await stay('127.0.0.1'), await stay('127.0.0.1')];
      for (let n = 0; n < 3; n += 1) await once(from('127.0.0.1').resume(), 'close');
      for (const address of ['127.0.0.2', '127.0.0.2', '127.0.0.3']) kept.push(await stay(address));
      for (let n = 0; n < 3; n += 1) await once(from('127.0.0.4').resume(), 'close');
      assert.ok(kept.every((socket) => !socket.destroyed));
      assert.deepEqual(server.warnings, [
        'too many connections of one address: one was refused',
        'too many connections: one was refused',
      ]);
      kept[0]!.destroy();
      // The place that is free again is given back by whoever had it, however far he came.
      for (let round = 0; round < 3; round += 1) {
        const again = await eventually(async () => {
          const taken = once(server, 'swarm');
          const dialled = await wire.dial({ address: server.address, protocol: 'swarm', expect: id });
          dialled.write(PREFACE);
          const closed = once(dialled, 'close').then(() => assert.fail('refused'));
          const [socket] = await Promise.race([taken, closed]);
          socket.resume();
          return dialled;
        });
        again.destroy();
      }
      for (const socket of kept) socket.destroy();
    });

    it('reads into the buffer that it is given, all bytes in order', async () => {
      const { wire, id } = await open();
      await using server = await WireServer.start(wire);
      const buffer = Buffer.alloc(10_000);
      const sent = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i * 7 + (i >> 8)));
      const got: Buffer[] = [];
      const all = Promise.withResolvers<void>();
      server.once('swarm', (socket) => socket.end(sent));
      const dialled = await wire.dial({
        address: server.address,
        protocol: 'swarm',
        expect: id,
        onread: {
          buffer,
          read(bytes, socket) {
            assert.equal(bytes.buffer, buffer.buffer);
            got.push(Buffer.from(bytes));
            assert.ok(!socket.destroyed);
          },
        },
      });
      dialled.on('data', () => assert.fail('no data events'));
      dialled.once('close', () => all.resolve());
      dialled.write(PREFACE);
      await all.promise;
      assert.ok(Buffer.concat(got).equals(sent));
    });

    it('keeps a connection for the calls of an HTTP client', async () => {
      const { wire, id } = await open();
      await using http = await createHttpServer({
        title: 'test',
        version: '1',
        operations,
        allowedHosts: () => [],
        log: silentLog,
        handlers: {
          echo: async ({ body }, { exporter }) => ({ ...body, secret: exporter()?.byteLength ?? 0 }),
        },
      });
      await using server = await WireServer.start(wire, { onHttp: (socket) => http.accept(socket) });
      let made = 0;
      const agent = agentFor(wire, id, { onConnection: () => (made += 1) });
      try {
        const client = createClient(operations, { address: server.address, agent });
        const secret = wire.mode === 'tls' ? 32 : 0;
        const text = 'é'.repeat(200_000);
        assert.deepEqual(await client.echo({ body: { text } }), { text, secret });
        assert.deepEqual(await client.echo({ body: { text: 'again' } }), { text: 'again', secret });
        assert.equal(made, 1);
      } finally {
        agent.destroy();
      }
    });

    it('says that nobody answers, to an HTTP client by the name it has for the server', async () => {
      const { wire, id } = await open();
      const address = { host: '127.0.0.1', port: await freePort() };
      await assert.rejects(wire.dial({ address, protocol: 'swarm', expect: id }), {
        code: 'unavailable',
        message: new RegExp(`^cannot reach 127.0.0.1:${address.port}: .*ECONNREFUSED`),
      });
      const agent = agentFor(wire, id);
      const client = createClient(operations, { address, agent, name: 'the registry' });
      await assert.rejects(client.echo({ body: { text: '' } }), {
        code: 'unavailable',
        message: 'nobody answers at the registry',
      });
      agent.destroy();
    });

    it('gives up with the reason of the signal', async () => {
      const { wire, id } = await open();
      await using server = await WireServer.start(wire);
      const options = { address: server.address, protocol: 'http', expect: id } as const;
      const reason = new Error('enough');
      await assert.rejects(wire.dial({ ...options, signal: AbortSignal.abort(reason) }), reason);
      const later = new AbortController();
      const dialling = wire.dial({ ...options, signal: later.signal });
      later.abort(reason);
      await assert.rejects(dialling, reason);
    });
  });
}

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { before, describe, it } from 'node:test';
import { connect, createServer, type TlsOptions } from 'node:tls';
import { WireServer } from '../../../test/harness/wire-server.ts';
import { freshKey } from '../../../test/support/fresh-key.ts';
import type { Address } from '../../core/address.ts';
import { PeerdexError } from '../../core/errors.ts';
import { createClient } from '../http/client.ts';
import { agentFor } from './agent.ts';
import { certificateFor } from './certificate.ts';
import { checkSession } from './check-session.ts';
import { exporterOf } from './exporter.ts';
import { plaintextWire } from './plaintext-wire.ts';
import { remoteIdOf } from './remote-id.ts';
import { openTlsWire } from './tls-wire.ts';
import type { Wire } from './wire.ts';

const KEY = freshKey();
const operations = {
  get: { method: 'GET', path: '/v1/x', summary: 'Gives nothing.', errors: [] },
} as const;

describe('dialling over TLS', () => {
  let wire: Wire;
  before(async () => {
    wire = await openTlsWire(freshKey());
  });
  const dial = (address: Address, expect?: string, protocol: 'swarm' | 'http' = 'swarm') =>
    wire.dial({ address, protocol, expect });

  it('tells the key at the other end, and a secret that both ends and no other session have', async () => {
    await using server = await WireServer.start(await openTlsWire(KEY));
    const taken = once(server, 'swarm') as Promise<[Socket]>;
    const [one, other] = [await dial(server.address, KEY.id), await dial(server.address)];
    const [socket] = await taken;
    assert.equal(remoteIdOf(one), KEY.id);
    assert.equal(remoteIdOf(socket), undefined, 'clients show no certificate');
    assert.equal(exporterOf(one)?.byteLength, 32);
    assert.deepEqual(exporterOf(one), exporterOf(socket));
    assert.notDeepEqual(exporterOf(one), exporterOf(other));
    one.destroy();
    other.destroy();
  });

  it('refuses another key than the expected one and names both', async () => {
    await using server = await WireServer.start(await openTlsWire(KEY));
    const { id } = freshKey();
    const refused = (error: unknown) => {
      assert.ok(error instanceof PeerdexError);
      assert.equal(error.code, 'verification');
      assert.match(error.message, new RegExp(`somebody else: .* id ${KEY.id}, not ${id}`));
      return true;
    };
    await assert.rejects(dial(server.address, id), refused);
    const agent = agentFor(wire, id);
    const client = createClient(operations, { address: server.address, agent });
    await assert.rejects(client.get(), refused);
    agent.destroy();
  });

  it('says that a plaintext listener does not speak TLS', async () => {
    const message = /does not speak TLS: is it a plaintext network\?/;
    for (const answer of ['HTTP/1.1 400 Bad Request\r\n\r\n', '\0pdxwire\0\0\0\0', 'x'.repeat(100)]) {
      await using server = await listening(createTcpServer((socket) => socket.end(answer)));
      await assert.rejects(dial(server.address), { code: 'unsupported', message });
    }
    await using real = await WireServer.start(plaintextWire, {
      onHttp: (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    });
    const agent = agentFor(wire, KEY.id);
    await assert.rejects(createClient(operations, { address: real.address, agent }).get(), { message });
    agent.destroy();
  });

  it('says that the other side hung up before TLS was agreed', async () => {
    await using server = await listening(
      createTcpServer((socket) => socket.once('data', () => socket.end())),
    );
    const message = /closed the connection before TLS was agreed/;
    await assert.rejects(dial(server.address), { code: 'unavailable', message });
    const agent = agentFor(wire, KEY.id);
    await assert.rejects(createClient(operations, { address: server.address, agent }).get(), { message });
    agent.destroy();
  });

  it('ends what it is dialling when its agent is destroyed', async () => {
    await using server = await listening(createTcpServer());
    const taken = once(server.server, 'connection') as Promise<[Socket]>;
    const agent = agentFor(wire, KEY.id);
    const call = createClient(operations, { address: server.address, agent }).get();
    const outcome = assert.rejects(call, { message: 'this client is closing' });
    const [socket] = await taken;
    agent.destroy();
    await outcome;
    if (!socket.destroyed) await once(socket.resume(), 'close');
  });

  it('waits for a handshake only so long', async () => {
    await using server = await listening(createTcpServer());
    const slow = wire.dial({ address: server.address, protocol: 'swarm', expect: KEY.id, timeoutMs: 50 });
    await assert.rejects(slow, { code: 'unavailable', message: /does not answer/ });
  });

  it('refuses older TLS, and servers that choose no protocol or know only another one', async () => {
    await using old = await tlsServer({ maxVersion: 'TLSv1.2', ALPNProtocols: ['peerdex/1'] });
    await assert.rejects(dial(old.address), {
      code: 'unsupported',
      message: /refused this kind of TLS connection \(protocol version\)/,
    });
    await using none = await tlsServer({});
    await assert.rejects(dial(none.address), { message: /no peerdex: it did not choose 'peerdex\/1'/ });
    await using http = await tlsServer({ ALPNProtocols: ['http/1.1'] });
    await assert.rejects(dial(http.address), { message: /\(no application protocol\)/ });
    (await dial(http.address, KEY.id, 'http')).destroy();
  });

  it('never resumes, and the check would refuse a resumed session', async () => {
    await using server = await tlsServer({ ALPNProtocols: ['peerdex/1'] });
    const { address } = server;
    const options = { ...address, rejectUnauthorized: false, ALPNProtocols: ['peerdex/1'] };
    const first = connect(options);
    const [session] = await once(first, 'session');
    first.destroy();
    const resumed = connect({ ...options, session });
    await once(resumed, 'secureConnect');
    assert.ok(resumed.isSessionReused(), 'this server allows it');
    assert.throws(() => checkSession(resumed, { address, protocol: 'swarm', expect: KEY.id }), {
      code: 'verification',
      message: /resumed an earlier TLS session/,
    });
    resumed.destroy();
    for (let i = 0; i < 2; i += 1) {
      const socket = await dial(address, KEY.id);
      await once(socket, 'session');
      socket.destroy();
    }
  });
});

async function tlsServer(options: TlsOptions) {
  const server = createServer({ ...options, key: KEY.pem, cert: certificateFor(KEY) });
  server.on('secureConnection', (socket) => socket.on('error', () => {}).resume());
  return listening(server);
}

async function listening(server: Server) {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    server,
    address: { host: '127.0.0.1', port },
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

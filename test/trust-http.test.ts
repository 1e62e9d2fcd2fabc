import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { agentsOf } from '../src/app/trust/agents.ts';
import { claimOf } from '../src/app/trust/session-client.ts';
import { fromHex } from '../src/core/ids.ts';
import { formatJoinLink } from '../src/core/join-link.ts';
import { bindingOf } from '../src/core/trust/proof.ts';
import { createClient } from '../src/network/http/client.ts';
import { fitsSchema } from '../src/network/http/validate.ts';
import { exporterOf } from '../src/network/wire/exporter.ts';
import { peerOperations } from '../src/protocol/http/peer/operations.ts';
import { Cluster, type ClusterPeer } from './harness/cluster.ts';
import { TestMember } from './harness/test-member.ts';
import { freshKey } from './support/fresh-key.ts';
import { SessionEndpoints } from './support/session-endpoints.ts';

describe('a claim of membership over HTTP in a TLS network', () => {
  let cluster: Cluster;
  let alice: ClusterPeer;
  let member: TestMember;
  before(async () => {
    cluster = await Cluster.start();
    alice = await cluster.peer('alice');
    member = await TestMember.join(cluster.registry.join);
  });
  after(() => cluster[Symbol.asyncDispose]());

  /** One connection to alice, and the exporter of its session. */
  async function connection() {
    const agent = agentsOf(await member.wire).make(alice.id, 1);
    let exporter: Uint8Array | undefined;
    const address = alice.running.ready.listen[0]!;
    const onSocket = (socket: Parameters<typeof exporterOf>[0]) => {
      exporter = exporterOf(socket);
    };
    const client = createClient(peerOperations, {
      address,
      agent,
      fits: fitsSchema,
      name: 'alice',
      onSocket,
    });
    return { client, exporter: () => exporter, [Symbol.dispose]: () => agent.destroy() };
  }

  type Connection = Awaited<ReturnType<typeof connection>>;

  /** What the member answers a challenge on this connection with. */
  async function claimOn({ client, exporter }: Connection) {
    const nonce = randomBytes(32);
    const body = { peer: member.id, network: member.network, nonce: nonce.toString('hex') };
    const given = await client.challenge({ body });
    assert.ok(!('ticket' in given), 'nothing of it is shown before the proof');
    const binding = bindingOf(nonce, fromHex(given.nonce), exporter());
    const proof = claimOf(member.trust.prove({ side: 'dials', other: alice.id, binding }));
    return { ...proof, nonce: given.nonce, challenged: body.nonce, peer: member.id };
  }

  it('holds on its own connection only, and once', async () => {
    using first = await connection();
    using second = await connection();
    const claim = await claimOn(first);
    await claimOn(second);
    assert.notDeepEqual(first.exporter(), second.exporter());
    await assert.rejects(second.client.session({ body: claim }), {
      code: 'forbidden',
      message: /its signature is wrong/,
    });
    const again = await claimOn(first);
    const { token, ticket } = await first.client.session({ body: again });
    assert.match(token, /^[0-9a-f]{64}$/);
    assert.equal(typeof ticket, 'string');
    for (const { client } of [first, second]) {
      for (const used of [claim, again])
        await assert.rejects(client.session({ body: used }), { code: 'unauthorized' });
    }
  });

  it('shows a name to members only', async () => {
    using stranger = await connection();
    assert.equal((await stranger.client.peer()).name, undefined);
  });
});

describe('a false registry in a plaintext network', () => {
  it('is told neither secret nor name, whatever network it says to be', async () => {
    await using cluster = await Cluster.start({ mode: 'plaintext' });
    const { link } = TestMember.of(cluster.registry.join);
    const sessions = new SessionEndpoints(freshKey(), link.network, () => undefined);
    const asked: string[] = [];
    const bodies: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      request.on('data', (chunk) => bodies.push(String(chunk)));
      if (sessions.takes(request, response)) return;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ id: link.network, mode: 'plaintext', protocol: 1, version: '0' }));
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const join = { ...link, addresses: [{ host: '127.0.0.1', port }] };
    await assert.rejects(TestMember.of(formatJoinLink(join)).registryToken(), {
      code: 'verification',
      message: /is not who it should be/,
    });
    await assert.rejects(cluster.peer('alice', { join }), {
      code: 'verification',
      message: /is not who it should be/,
    });
    server.closeAllConnections();
    server.close();
    assert.deepEqual([...new Set(asked)].sort(), ['/v1/challenge', '/v1/network']);
    for (const body of bodies)
      assert.deepEqual(Object.keys(JSON.parse(body)).sort(), ['network', 'nonce', 'peer', 'protocol']);
    assert.ok(!bodies.join().includes(link.secret!));
  });
});

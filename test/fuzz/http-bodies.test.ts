import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { Cluster, type ClusterPeer } from '../harness/cluster.ts';
import { TestMember } from '../harness/test-member.ts';
import { runs } from './runs.ts';

const ID = '0123456789abcdef0123456789abcdef';

/** A valid announcement, of which a random part is replaced by anything. */
const announcement = fc
  .tuple(
    fc.constantFrom('protocol', 'name', 'addresses', 'nonce', 'head', 'files', 'bytes', 'unknown'),
    fc.jsonValue({ maxDepth: 3 }),
  )
  .map(([field, value]) => ({
    ...{
      protocol: 1,
      name: 'fuzz',
      addresses: [{ host: '127.0.0.1', port: 9 }],
      nonce: ID,
      files: 0,
      bytes: 0,
    },
    [field]: value,
  }));
const body = fc.oneof(
  announcement.map((value) => JSON.stringify(value)),
  fc.json({ maxDepth: 5 }),
  fc.string({ unit: 'binary', maxLength: 2000 }),
  fc.constantFrom(
    '',
    '{',
    '[]',
    'null',
    '{"__proto__":{"x":1}}',
    '"\\ud800"',
    '1e999',
    `${'['.repeat(5000)}`,
  ),
);
const method = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE');
const part = fc.oneof(
  fc.constantFrom(
    'v1',
    'peers',
    ID,
    'renew',
    'changes',
    'contents',
    'files',
    'manifest',
    'index',
    'log',
    'get',
    'jobs',
    'pause',
    'shares',
    'limits',
    'join',
    '..',
    '%2e%2e',
    '%00',
    '*',
    '',
  ),
  fc.string({ maxLength: 30 }).map(encodeURIComponent),
);
const target = fc
  .tuple(fc.array(part, { maxLength: 5 }), fc.webQueryParameters())
  .map(([parts, query]) => `/${parts.join('/')}?${query}`);

describe('HTTP servers answer anything without failing', () => {
  let cluster: Cluster;
  let peer: ClusterPeer;
  let member: TestMember;
  let asMember: Readonly<Record<string, string>>;
  let servers: readonly { readonly base: string; readonly headers: Readonly<Record<string, string>> }[];

  before(async () => {
    cluster = await Cluster.start({ mode: 'plaintext', maxPeers: 50 });
    peer = await cluster.peer('target');
    const { port } = peer.running.ready.listen[0]!;
    member = await TestMember.join(cluster.registry.join);
    asMember = { authorization: `Bearer ${await member.registryToken()}` };
    servers = [
      { base: cluster.registry.url, headers: asMember },
      {
        base: `http://127.0.0.1:${port}`,
        headers: { authorization: await member.authorization(peer.id, port) },
      },
      {
        base: `http://127.0.0.1:${peer.local.port}`,
        headers: { authorization: `Bearer ${peer.local.token}` },
      },
    ];
  });
  after(() => cluster[Symbol.asyncDispose]());

  const stillThere = async () => {
    assert.equal((await fetch(`${cluster.registry.url}/v1/network`)).status, 200);
    assert.equal((await peer.client.status()).peer.name, 'target');
  };

  it('whatever the method, the path and the body', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(2),
        method,
        target,
        body,
        fc.boolean(),
        async (which, verb, path, text, asJson) => {
          const { base, headers } = servers[which]!;
          // These end the peer, take files of this machine or wait by design.
          if (/\/(leave|shares|get|rescan|changes)\b/.test(path)) return;
          const withBody = verb !== 'GET' && verb !== 'HEAD' && verb !== 'TRACE';
          const type = asJson ? { 'content-type': 'application/json' } : {};
          const response = await fetch(base + path, {
            method: verb === 'TRACE' ? 'GET' : verb,
            headers: { ...headers, ...type },
            ...(withBody ? { body: text } : {}),
          });
          const answer = await response.text();
          assert.ok(response.status < 500, `${verb} ${path}: ${response.status} ${answer}`);
          if (response.status >= 400 && verb !== 'HEAD')
            assert.equal(JSON.parse(answer).status, response.status);
        },
      ),
      runs(300),
    );
    await stillThere();
  });

  it('whatever a registration says', async () => {
    await fc.assert(
      fc.asyncProperty(body, async (text) => {
        const response = await fetch(`${cluster.registry.url}/v1/peers/${member.id}`, {
          method: 'PUT',
          headers: { ...asMember, 'content-type': 'application/json' },
          body: text,
        });
        await response.text();
        assert.ok(response.status < 500, `${text}: ${response.status}`);
      }),
      runs(200),
    );
    await stillThere();
  });

  it('whatever bytes a connection begins with', async () => {
    const begin = fc.constantFrom(
      '',
      'GET / HTTP/1.1\r\n',
      'POST /v1/peers HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\n\r\n',
      'GET /v1/network HTTP/9.9\r\n\r\n',
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(2), begin, fc.uint8Array({ maxLength: 500 }), async (which, head, bytes) => {
        const { port } = new URL(servers[which]!.base);
        const socket = connect(Number(port), '127.0.0.1');
        socket.on('error', () => {});
        await once(socket, 'connect');
        const closed = new Promise((resolve) => socket.once('close', resolve));
        socket.resume().end(Buffer.concat([Buffer.from(head), bytes]));
        await closed;
      }),
      runs(100),
    );
    await stillThere();
  });
});

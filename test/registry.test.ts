import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { type RequestOptions, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import type { RegistryConfig, RunningRegistry } from '../src/app/config.ts';
import { startRegistry } from '../src/app/registry.ts';
import type { ErrorCode, PeerdexError } from '../src/core/errors.ts';
import { parseJoinLink } from '../src/core/join-link.ts';
import { type Log, silentLog } from '../src/core/ports/log.ts';
import { createClient } from '../src/network/http/client.ts';
import { fitsSchema } from '../src/network/http/validate.ts';
import { adminOperations } from '../src/protocol/http/registry/admin-operations.ts';
import { registryOperations } from '../src/protocol/http/registry/operations.ts';
import { PROTOCOL_VERSION } from '../src/protocol/version.ts';
import { codeOf } from './harness/code-of.ts';
import { eventually } from './harness/eventually.ts';
import { type TempFolder, tempFolder } from './harness/temp-folder.ts';
import { TestMember } from './harness/test-member.ts';
import { signer } from './support/signers.ts';

describe('a registry', () => {
  it('answers every operation', async () => {
    await using folder = await tempFolder();
    const lines: string[] = [];
    await using registry = await start(folder, { log: { ...silentLog, info: (line) => lines.push(line) } });
    const client = await as(registry, 1);
    const other = await as(registry, 2);

    const network = await client.network();
    assert.deepEqual(
      [network.id, network.mode, network.protocol],
      [registry.id, 'plaintext', PROTOCOL_VERSION],
    );
    const grant = await client.register({ params: { id: id(1) }, body: announcement(1) });
    const { ticket, ...lease1 } = grant;
    assert.deepEqual(lease1, { name: 'peer-1', leaseSeconds: 90, renewSeconds: 30, revocations: 0 });
    assert.match(ticket!, /^[\w-]+\.[\w-]+$/);
    await other.register({ params: { id: id(2) }, body: { ...announcement(2), name: 'peer-1' } });
    const head = { index: '00000000000000bb', seq: 7 };
    await client.renew({ params: { id: id(1) }, body: { ...renewal(1), head, files: 3, bytes: 2 ** 40 } });

    const { peers, epoch, version } = await client.list();
    assert.deepEqual(peers.map(({ name }) => name).sort(), ['peer-1', 'peer-1-2']);
    const first = peers.find((peer) => peer.id === id(1))!;
    assert.deepEqual([first.active, first.files, first.bytes, first.registrations], [true, 3, 2 ** 40, 1]);
    assert.deepEqual([first.head, first.addresses, first.role], [head, announcement(1).addresses, 'publish']);
    const lease = Date.parse(first.leaseEnds) - Date.parse(first.lastSeen);
    assert.equal(lease, 90_000);

    const waiting = client.changes({ query: { epoch, since: version, wait: 60 } }, { timeoutMs: 60_000 });
    assert.equal(await other.leave({ params: { id: id(2) }, query: { nonce: nonce(2) } }), undefined);
    const changes = await waiting;
    assert.equal(changes.reset, false);
    assert.deepEqual(
      changes.peers.map(({ id, active }) => [id, active]),
      [[id(2), false]],
    );
    assert.equal((await client.changes()).reset, true);
    assert.deepEqual(
      (await client.list({ query: { state: 'active' } })).peers.map((peer) => peer.id),
      [id(1)],
    );
    assert.equal((await client.list({ query: { state: 'all' } })).peers.length, 2);

    const shown = lines.join('\n');
    for (const expected of [
      /^registered peer-1 \([0-9a-f]{12}…\) at 10\.0\.0\.1:10001$/m,
      /^renewed peer-1 /m,
      /^left: peer-1-2 /m,
      /^listed 2 active peers$/m,
    ]) {
      assert.match(shown, expected);
    }
  });

  it('produces every error that its operations declare', async () => {
    await using folder = await tempFolder();
    // Polls come from one address here.
    const limits = { connectionsOfOne: 2002 };
    await using registry = await start(folder, { maxPeers: 1, maxMembers: 2, limits });
    await using slow = await start(folder, { data: folder.join('slow'), limits: { handshakes: 1 } });
    const stranger = clientOf(registry.url);
    const clients = [await as(registry, 1), await as(registry, 2)];
    const client = (n: number) => clients[n - 1]!;
    const register = (n: number, more = {}) =>
      client(n).register({ params: { id: id(n) }, body: { ...announcement(n), ...more } });
    const renew = (n: number, by = n) => client(n).renew({ params: { id: id(n) }, body: renewal(by) });
    const leave = (n: number, by = n) =>
      client(n).leave({ params: { id: id(n) }, query: { nonce: nonce(by) } });
    const foreign = { params: { id: id(1) }, query: { nonce: nonce(1) } };
    await register(1);

    const challenge = { peer: id(1), network: '0'.repeat(32), nonce: '0'.repeat(64) };
    const strangers = TestMember.of(registry.join.replace(/&secret=.*/, ''), signer(3));
    const wrong = TestMember.of(registry.join.replace(/secret=.*/, `secret=${'A'.repeat(22)}`), signer(3));
    const produced: Record<string, ErrorCode[]> = {
      challenge: [
        await codeOf(stranger.challenge({ body: challenge })),
        await codeOf(floodWithChallenges(slow, challenge)),
        await codeOf(stranger.challenge({ body: { ...challenge, protocol: 99 } })),
      ],
      session: [
        await codeOf(strangers.registry()),
        await codeOf(wrong.registry()),
        await codeOf(TestMember.of(registry.join, signer(3)).registry()),
      ],
      revocations: [await codeOf(stranger.revocations())],
      bringRevocations: [
        await codeOf(stranger.bringRevocations({ body: { list: '' } })),
        await codeOf(client(1).bringRevocations({ body: { list: 'a.b' } })),
      ],
      register: [
        await codeOf(stranger.register({ params: { id: id(1) }, body: announcement(1) })),
        await codeOf(client(2).register({ params: { id: id(1) }, body: announcement(1) })),
        await codeOf(register(2, { protocol: 99 })),
        await codeOf(register(2)),
      ],
      renew: [
        await codeOf(stranger.renew({ params: { id: id(1) }, body: renewal(1) })),
        await codeOf(client(2).renew({ params: { id: id(1) }, body: renewal(1) })),
        await codeOf(renew(2)),
        await codeOf(renew(1, 5)),
      ],
      leave: [
        await codeOf(stranger.leave(foreign)),
        await codeOf(client(2).leave(foreign)),
        await codeOf(leave(2)),
        await codeOf(leave(1, 5)),
      ],
      list: [await codeOf(stranger.list())],
      changes: [await codeOf(stranger.changes()), await codeOf(floodWithPolls(client(1)))],
    };
    for (const [name, { errors }] of Object.entries(registryOperations)) {
      // Those have a test of their own, by members of role admin.
      if (name in adminOperations) continue;
      assert.deepEqual(produced[name]?.toSorted() ?? [], errors.toSorted(), name);
    }
    await assert.rejects(register(2, { protocol: 99 }), {
      message: /protocol version 99 .* update the older/,
    });
    await assert.rejects(renew(1, 5), { message: /10\.0\.0\.1:10001/ });
  });

  it('ends the lease of who does not renew', async () => {
    await using folder = await tempFolder();
    await using registry = await start(folder, { leaseSeconds: 1 });
    const client = await as(registry, 1);
    await client.register({ params: { id: id(1) }, body: announcement(1) });
    const { epoch, version } = await client.list();
    const { peers } = await client.changes({ query: { epoch, since: version, wait: 10 } });
    assert.deepEqual(
      peers.map(({ active }) => active),
      [false],
    );
    assert.equal(await codeOf(client.renew({ params: { id: id(1) }, body: renewal(1) })), 'not-found');
  });

  it('knows its peers, and is who it was, after a restart', async () => {
    await using folder = await tempFolder();
    let before: { id: string; join: string; epoch: string; version: number };
    {
      await using registry = await start(folder);
      const client = await as(registry, 1);
      await client.register({ params: { id: id(1) }, body: announcement(1) });
      before = { ...registry, ...(await client.list()) };
    }
    const { addresses, role, secret } = parseJoinLink(before.join);
    const { port } = addresses[0]!;
    assert.ok(role === 'publish' && secret !== undefined);
    await using registry = await start(folder, { listen: { host: '127.0.0.1', port } });
    assert.deepEqual([registry.id, registry.join], [before.id, before.join]);
    const client = await as(registry, 1);
    const { peers, epoch, version } = await client.list();
    assert.deepEqual([peers.length, peers[0]!.name, epoch], [1, 'peer-1', before.epoch]);
    assert.ok(version > before.version);
    await client.renew({ params: { id: id(1) }, body: renewal(1) });
  });

  it('serves its API as OpenAPI from the schemas of its operations', async () => {
    await using folder = await tempFolder();
    await using registry = await start(folder);
    const document = (await (await fetch(`${registry.url}/openapi.json`)).json()) as {
      openapi: string;
      paths: Record<string, Record<string, { operationId: string }>>;
    };
    assert.match(document.openapi, /^3\.1/);
    const listed = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => [operationId, method.toUpperCase(), path]),
    );
    const declared = Object.entries(registryOperations).map(([name, { method, path }]) => [
      name,
      method,
      path.replace(/:(\w+)/g, '{$1}'),
    ]);
    assert.deepEqual(listed.sort(), declared.sort());
  });

  it('refuses hostile requests and goes on', async () => {
    await using folder = await tempFolder();
    await using registry = await start(folder);
    const { port } = new URL(registry.url);
    const path = `/v1/peers/${id(1)}`;
    const json = { 'content-type': 'application/json' };
    const good = JSON.stringify(announcement(1));
    const cases: [status: number, answer: Promise<number>][] = [
      [403, statusOf(port, { path, setHost: false })],
      [403, statusOf(port, { path: '/v1/peers', headers: { host: `rebound.example:${port}` } })],
      [403, statusOf(port, { path: '/v1/peers', headers: { origin: 'https://page.example' } })],
      [413, statusOf(port, { path, method: 'PUT', headers: json }, ' '.repeat(2 * 1024 * 1024))],
      [400, statusOf(port, { path, method: 'PUT', headers: json }, good.slice(0, -1))],
      [415, statusOf(port, { path, method: 'PUT', headers: { 'content-type': 'text/plain' } }, good)],
      [404, statusOf(port, { path: '/v1/peers/../../etc', method: 'PUT', headers: json }, good)],
      [
        400,
        statusOf(
          port,
          { path, method: 'PUT', headers: json },
          JSON.stringify({ ...announcement(1), addresses: [] }),
        ),
      ],
      [
        400,
        statusOf(
          port,
          { path, method: 'PUT', headers: json },
          JSON.stringify({ ...announcement(1), name: 'x'.repeat(65) }),
        ),
      ],
      [400, statusOf(port, { path: '/v1/changes?wait=1e9' })],
    ];
    for (const [index, [status, answer]] of cases.entries())
      assert.equal(await answer, status, `case ${index}`);
    const client = await as(registry, 1);
    const hostile = {
      ...announcement(1),
      name: '\u001b[2J\u202e:evil/../\n',
      addresses: [{ host: '\u001b]0;x\u0007', port: 1 }],
    };
    const { name } = await client.register({ params: { id: id(1) }, body: hostile });
    assert.match(name, /^[\x20-\x7e]+$/);
    assert.equal((await client.list()).peers.length, 1);
  });

  it('lets go of a client that never ends its headers', async () => {
    await using folder = await tempFolder();
    await using registry = await start(folder);
    const slow = connect(Number(new URL(registry.url).port), '127.0.0.1');
    slow.write('GET /v1/network HTTP/1.1\r\nHost: loc');
    assert.match(await text(slow), /^HTTP\/1\.1 408 /);
  });

  it('says in one sentence why it cannot start', async () => {
    await using folder = await tempFolder();
    await using registry = await start(folder);
    const port = Number(new URL(registry.url).port);
    await assert.rejects(start(folder), { code: 'conflict', message: /already runs on the data folder/ });
    const taken = { data: folder.join('other'), listen: { host: '127.0.0.1', port } };
    await assert.rejects(start(folder, taken), {
      code: 'conflict',
      message: `port ${port} is in use by another program`,
    });
    // What failed to start holds nothing: the same folder can be used at once.
    await (await start(folder, { data: folder.join('other') })).close();
    writeFileSync(folder.join('file'), '');
    await assert.rejects(start(folder, { data: folder.join('file') }), {
      code: 'failed',
      message: /a file stands in its place/,
    });
    const newer = folder.join('newer');
    await (await start(folder, { data: newer })).close();
    const database = new DatabaseSync(join(newer, 'registry.db'));
    database.exec('PRAGMA user_version = 999');
    database.close();
    await assert.rejects(start(folder, { data: newer }), { code: 'unsupported', message: /newer peerdex/ });
  });

  it('keeps its secrets to its user and tells where it runs', async () => {
    await using folder = await tempFolder();
    const data = folder.join('registry');
    const registry = await start(folder);
    assert.equal(statSync(data).mode & 0o777, 0o700);
    assert.equal(statSync(join(data, 'network-key.pem')).mode & 0o777, 0o600);
    const daemon = JSON.parse(readFileSync(join(data, 'daemon.json'), 'utf8'));
    assert.deepEqual(Object.keys(daemon).sort(), [
      'kind',
      'pid',
      'port',
      'protocol',
      'socket',
      'token',
      'version',
    ]);
    assert.deepEqual([daemon.pid, daemon.kind], [process.pid, 'registry']);
    assert.match(daemon.token, /^[0-9a-f]{64}$/);
    assert.equal(statSync(join(data, 'daemon.json')).mode & 0o777, 0o600);
    assert.equal(statSync(join(data, 'join-link')).mode & 0o777, 0o600);
    assert.equal(readFileSync(join(data, 'join-link'), 'utf8'), `${registry.join}\n`);
    await registry.close();
    assert.ok(!existsSync(join(data, 'daemon.json')));
  });
});

const start = (folder: TempFolder, more: Partial<RegistryConfig> & { log?: Log } = {}) =>
  startRegistry({
    data: folder.join('registry'),
    listen: { host: '127.0.0.1', port: 0 },
    advertise: [],
    leaseSeconds: 90,
    maxPeers: 100,
    mode: 'plaintext',
    log: silentLog,
    ...more,
  });

const clientOf = (url: string) => {
  const { hostname: host, port } = new URL(url);
  return createClient(registryOperations, { address: { host, port: Number(port) }, fits: fitsSchema });
};

/** The registry as the n-th member sees it. */
const as = (registry: RunningRegistry, n: number) => TestMember.of(registry.join, signer(n)).registry();

const id = (n: number) => signer(n).id;
const nonce = (n: number) => n.toString(16).padStart(32, 'f');
const renewal = (n: number) => ({ nonce: nonce(n), files: 0, bytes: 0 });
const announcement = (n: number) => ({
  ...renewal(n),
  protocol: PROTOCOL_VERSION,
  name: `peer-${n}`,
  addresses: [{ host: `10.0.0.${n}`, port: 10_000 + n }],
});

/** Long polls until one is refused. */
async function floodWithPolls(client: Awaited<ReturnType<typeof as>>): Promise<void> {
  const { epoch, version } = await client.list();
  const end = new AbortController();
  const polls = Array.from({ length: 1200 }, () =>
    client.changes({ query: { epoch, since: version, wait: 60 } }, { signal: end.signal, timeoutMs: 60_000 }),
  );
  try {
    await Promise.race(polls);
  } finally {
    end.abort();
    await Promise.allSettled(polls);
    await eventually(() => client.changes({ query: { epoch, since: version, wait: 0.01 } }));
  }
}

async function floodWithChallenges(
  { url }: RunningRegistry,
  body: { peer: string; network: string; nonce: string },
): Promise<void> {
  const stranger = clientOf(url);
  for (;;)
    await stranger.challenge({ body }).catch((error: PeerdexError) => {
      if (error.code !== 'conflict') throw error;
    });
}

function statusOf(port: string, options: RequestOptions, body?: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, agent: false, ...options }, (message) => {
      message.resume();
      resolve(message.statusCode ?? 0);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

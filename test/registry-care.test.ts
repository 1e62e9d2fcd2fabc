import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { RegistryConfig, RunningRegistry } from '../src/app/config.ts';
import type { DaemonFile } from '../src/app/data-folder.ts';
import { startRegistry } from '../src/app/registry.ts';
import { readRegistryDirectory } from '../src/app/registry-directory.ts';
import { openRegistryCare } from '../src/app/registry-local/open-registry-care.ts';
import type { ErrorCode } from '../src/core/errors.ts';
import { parseJoinLink } from '../src/core/join-link.ts';
import { silentLog } from '../src/core/ports/log.ts';
import { inviteIdOf, readSecret } from '../src/core/trust/invite.ts';
import { type Client, createClient } from '../src/network/http/client.ts';
import { fitsSchema } from '../src/network/http/validate.ts';
import { registryLocalOperations } from '../src/protocol/http/registry-local/operations.ts';
import { PROTOCOL_VERSION } from '../src/protocol/version.ts';
import { codeOf } from './harness/code-of.ts';
import { type TempFolder, tempFolder } from './harness/temp-folder.ts';
import { TestMember } from './harness/test-member.ts';
import { signer } from './support/signers.ts';

describe('the care of a network', () => {
  it('by the local API while the registry runs: invites are made, listed and hold', async () => {
    await using folder = await tempFolder();
    await using registry = await start(folder);
    const local = await localClient(folder);
    const made = await local.invite({ body: { role: 'fetch', seconds: 3600, uses: 2 } });
    const link = parseJoinLink(made.link);
    assert.deepEqual([link.network, link.role, link.mode], [registry.id, 'fetch', 'tls']);
    assert.equal(inviteIdOf(readSecret(link.secret!)!), made.id);
    const { invites } = await local.invites();
    assert.deepEqual(
      invites.map(({ id, state, standing, uses, used }) => [id, state, standing, uses, used]),
      [
        [made.id, 'open', false, 2, 0],
        [inviteIdOf(readSecret(parseJoinLink(registry.join).secret!)!), 'open', true, null, 0],
      ].toSorted((a, b) => (a[0] === made.id ? -1 : b[0] === made.id ? 1 : 0)),
    );
    assert.ok(!JSON.stringify(invites).includes(link.secret!), 'a list shows no secret');
  });

  it('produces every error that its operations declare', async () => {
    await using folder = await tempFolder();
    await using _registry = await start(folder);
    const local = await localClient(folder);
    const flood = async () => {
      for (let n = 0; n < 1001; n += 1) await local.invite({ body: {} });
    };
    const produced: Partial<Record<keyof typeof registryLocalOperations, ErrorCode[]>> = {
      invite: [await codeOf(flood())],
      revoke: [await codeOf(local.revoke({ body: { peer: 'nobody' } }))],
      withdraw: [await codeOf(local.withdraw({ params: { id: '0'.repeat(16) } }))],
    };
    for (const [name, { errors }] of Object.entries(registryLocalOperations)) {
      // A full list of revocations takes 20,000 peers, ids that begin alike take luck: the rules' own tests have both.
      const declared = errors.filter((code) => name !== 'revoke' || code === 'not-found');
      assert.deepEqual(produced[name as keyof typeof produced]?.toSorted() ?? [], declared.toSorted(), name);
    }
    const stranger = createClient(registryLocalOperations, {
      address: { host: '127.0.0.1', port: (await daemonFile(folder)).port! },
      token: 'f'.repeat(64),
    });
    assert.equal(await codeOf(stranger.invites()), 'unauthorized');
  });

  it('withdrawing ends an invite, and the own link gets another', async () => {
    await using folder = await tempFolder();
    await using registry = await start(folder);
    const local = await localClient(folder);
    const made = await local.invite({ body: {} });
    const params = { id: made.id };
    assert.deepEqual(await local.withdraw({ params }), { id: made.id, already: false, link: null });
    assert.deepEqual(await local.withdraw({ params }), { id: made.id, already: true, link: null });
    await assert.rejects(
      TestMember.join(made.link).then((member) => member.registry()),
      {
        code: 'forbidden',
        message: /was withdrawn/,
      },
    );
    const own = (await local.invites()).invites.find(({ standing }) => standing)!;
    const { link } = await local.withdraw({ params: { id: own.id } });
    assert.equal(link, registry.join);
    await TestMember.join(registry.join).then((member) => member.registry());
  });

  it('revoking ends the lease at once for all who wait, and frees the name', async () => {
    await using folder = await tempFolder();
    await using registry = await start(folder);
    const local = await localClient(folder);
    const client = await as(registry, 9);
    await register(registry, 1, 'lab');
    const { epoch, version } = await client.list();
    const waiting = client.changes({ query: { epoch, since: version, wait: 60 } }, { timeoutMs: 60_000 });
    const answer = await local.revoke({ body: { peer: 'lab' } });
    const { withdrawn, link, ...told } = answer;
    assert.deepEqual(told, { peer: id(1), name: 'lab', already: false, number: 1 });
    assert.deepEqual(
      [withdrawn.length, link],
      [1, registry.join],
      'it came by the standing link, which is another now',
    );
    assert.deepEqual(
      (await waiting).peers.map((peer) => [peer.id, peer.active]),
      [[id(1), false]],
    );
    const again = await local.revoke({ body: { peer: id(1) } });
    assert.deepEqual([again.already, again.number, again.name], [true, 1, null]);
    assert.equal((await register(registry, 2, 'lab')).name, 'lab');
  });

  it('without the registry, from the data folder: it finds the same when it starts', async () => {
    await using folder = await tempFolder();
    const data = folder.join('registry');
    assert.throws(() => openRegistryCare(data), { code: 'not-found' });
    let epoch: string;
    let version: number;
    let join: string;
    {
      await using registry = await start(folder);
      assert.throws(() => openRegistryCare(data), { code: 'conflict' });
      await register(registry, 1, 'lab');
      ({ epoch, version } = await (await as(registry, 9)).list());
      join = registry.join;
    }
    {
      using care = openRegistryCare(data);
      const made = await care.invite({ role: 'admin' });
      assert.deepEqual(parseJoinLink(made.link).addresses, parseJoinLink(join).addresses);
      assert.equal((await care.revoke({ peer: 'lab' })).peer, id(1));
      assert.equal((await care.invites()).invites.length, 3);
    }
    const [peer] = readRegistryDirectory(data, Date.now());
    assert.deepEqual([peer!.id, peer!.active], [id(1), false]);
    await using registry = await start(folder);
    const changes = await (await as(registry, 9)).changes({ query: { epoch, since: version } });
    assert.deepEqual(
      [changes.reset, changes.peers.map((one) => [one.id, one.active])],
      [false, [[id(1), false]]],
    );
    const local = await localClient(folder);
    assert.equal((await local.invites()).invites.length, 3);
    assert.equal((await local.revoke({ body: { peer: id(1) } })).already, true);
  });

  it('makes no invite before anybody can know where the registry is', async () => {
    await using folder = await tempFolder();
    const data = folder.join('registry');
    await (await start(folder)).close();
    const { rm } = await import('node:fs/promises');
    await rm(path.join(data, 'join-link'));
    using care = openRegistryCare(data);
    await assert.rejects(care.invite({}), { code: 'unavailable', hint: /start it/ });
    assert.equal((await care.invites()).invites.length, 1);
  });
});

const start = (folder: TempFolder, more: Partial<RegistryConfig> = {}) =>
  startRegistry({
    data: folder.join('registry'),
    listen: { host: '127.0.0.1', port: 0 },
    advertise: [],
    leaseSeconds: 90,
    maxPeers: 100,
    log: silentLog,
    ...more,
  });

async function daemonFile(folder: TempFolder): Promise<DaemonFile> {
  return JSON.parse(await readFile(folder.join('registry', 'daemon.json'), 'utf8')) as DaemonFile;
}

async function localClient(folder: TempFolder): Promise<Client<typeof registryLocalOperations>> {
  const { socket, token } = await daemonFile(folder);
  return createClient(registryLocalOperations, { socketPath: socket!, token: token!, fits: fitsSchema });
}

/** The registry as the n-th member sees it, by the link that it prints now. */
const as = (registry: RunningRegistry, n: number) => TestMember.of(registry.join, signer(n)).registry();

const id = (n: number) => signer(n).id;

const register = async (registry: RunningRegistry, n: number, name: string) =>
  (await as(registry, n)).register({
    params: { id: id(n) },
    body: {
      protocol: PROTOCOL_VERSION,
      name,
      addresses: [{ host: '10.0.0.1', port: 10_000 + n }],
      nonce: n.toString(16).padStart(32, '0'),
      files: 0,
      bytes: 0,
    },
  });

import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { describe, it } from 'node:test';
import type { RegistryConfig } from '../src/app/config.ts';
import { Membership, type MembershipOptions } from '../src/app/membership.ts';
import { startRegistry } from '../src/app/registry.ts';
import { agentsOf } from '../src/app/trust/agents.ts';
import { MembershipProver } from '../src/app/trust/membership-prover.ts';
import { Sessions } from '../src/app/trust/sessions.ts';
import { systemClock } from '../src/core/clock.ts';
import { formatJoinLink, type JoinLink, parseJoinLink } from '../src/core/join-link.ts';
import type { KnownPeer } from '../src/core/known-peer.ts';
import type { PeerAnnouncement } from '../src/core/lease.ts';
import { silentLog } from '../src/core/ports/log.ts';
import { systemRandom } from '../src/core/random.ts';
import { Trust } from '../src/core/trust/trust.ts';
import { createHttpServer } from '../src/network/http/server.ts';
import { plaintextWire } from '../src/network/wire/plaintext-wire.ts';
import type { DirectoryPeer } from '../src/protocol/http/directory-peer.ts';
import { registryOperations } from '../src/protocol/http/registry/operations.ts';
import { PROTOCOL_VERSION } from '../src/protocol/version.ts';
import { systemVerifier } from '../src/storage/disk/ecdsa.ts';
import { MemoryKnownPeerStore } from '../src/storage/memory/known-peers.ts';
import { eventually } from './harness/eventually.ts';
import { type TempFolder, tempFolder } from './harness/temp-folder.ts';
import { signer } from './support/signers.ts';

const soon = () => AbortSignal.timeout(10_000);

describe('membership', () => {
  it('registers, learns of others as they come, change and go', async () => {
    await using folder = await tempFolder();
    await using registry = await start(folder);
    await using a = member(1, registry.join);
    await using b = member(2, registry.join);
    const changes: KnownPeer[] = [];
    a.membership.onChange((changed) => changes.push(...changed));

    a.membership.start();
    await a.membership.firstRegistration(soon());
    assert.deepEqual(a.membership.status(), {
      network: registry.id,
      mode: 'plaintext',
      registered: true,
      reason: null,
    });
    b.membership.start();
    await b.membership.firstRegistration(soon());
    assert.equal(b.membership.name, 'peer-2');
    const seen = await eventually(() => a.membership.active()[0]);
    assert.deepEqual(
      [seen.id, seen.name, seen.addresses],
      [id(2), 'peer-2', [{ host: '10.0.0.2', port: 10_002 }]],
    );

    b.says.head = { index: '00000000000000bb', seq: 5 };
    b.says.files = 9;
    assert.equal(await b.membership.announce(), true);
    await eventually(() => a.membership.get(id(2))?.head?.seq === 5);
    assert.equal(a.membership.get(id(2))?.files, 9);

    assert.equal(await b.membership.leave(), true);
    await eventually(() => a.membership.get(id(2))?.active === false);
    assert.deepEqual(a.membership.active(), []);
    assert.deepEqual(
      changes.map(({ active, head }) => [active, head?.seq]),
      [
        [true, undefined],
        [true, 5],
        [false, 5],
      ],
    );
    assert.equal(a.membership.get(id(1)), undefined, 'this peer is not among the others');
  });

  it('tells of a burst of changes together and of the last one always', async () => {
    await using folder = await tempFolder();
    const lines: string[] = [];
    const renewals = () => lines.filter((line) => line.startsWith('renewed')).length;
    const log = { ...silentLog, info: (line: string) => lines.push(line) };
    await using registry = await start(folder, { log });
    await using a = member(1, registry.join);
    await using b = member(2, registry.join);
    await begin(a, b);
    const before = renewals();
    const told: Promise<boolean>[] = [];
    for (let files = 1; files <= 50; files += 1) {
      a.says.files = files;
      told.push(a.membership.announce());
    }
    assert.ok((await Promise.all(told)).every(Boolean));
    await eventually(() => b.membership.get(id(1))?.files === 50);
    assert.ok(renewals() - before <= 4, `${renewals() - before} renewals`);
  });

  it('stays with what it knows while its registry is away, and is back by itself', async () => {
    await using folder = await tempFolder();
    let registry = await start(folder);
    const listen = parseJoinLink(registry.join).addresses[0]!;
    await using a = member(1, registry.join);
    await using b = member(2, registry.join);
    await begin(a, b);
    await eventually(() => a.membership.active().length === 1);
    await registry.close();
    const { reason } = await eventually(() => !a.membership.status().registered && a.membership.status());
    assert.match(reason ?? '', new RegExp(`127\\.0\\.0\\.1:${listen.port}`));
    assert.equal(a.membership.active().length, 1);
    assert.equal(await a.membership.announce(), false);

    registry = await start(folder, { listen });
    await eventually(() => a.membership.status().registered && b.membership.status().registered);
    b.says.files = 77;
    assert.equal(await b.membership.announce(), true);
    await eventually(() => a.membership.get(id(2))?.files === 77);
    await registry.close();

    // The same again with a registry that has lost its directory: its peers register anew.
    await rm(folder.join('registry/registry.db'));
    await using fresh = await start(folder, { listen });
    await eventually(() => a.membership.status().registered && b.membership.status().registered);
    await eventually(() => a.membership.active().length === 1 && b.membership.active().length === 1);
    assert.equal(fresh.id, a.membership.status().network);
  });

  it('a restart knows the others before any registry answers', async () => {
    await using folder = await tempFolder();
    const store = new MemoryKnownPeerStore();
    const registry = await start(folder);
    {
      await using a = member(1, registry.join, { store });
      await using b = member(2, registry.join);
      await begin(a, b);
      await eventually(() => a.membership.active().length === 1);
    }
    await registry.close();
    await using again = member(1, registry.join, { store });
    assert.deepEqual(
      again.membership.active().map(({ name }) => name),
      ['peer-2'],
    );
    again.membership.start();
    await assert.rejects(again.membership.firstRegistration(AbortSignal.timeout(300)), {
      name: 'TimeoutError',
    });
    assert.equal(again.membership.status().registered, false);
  });

  it('a stopped peer keeps its lease, one that lapses is seen to be gone', async () => {
    await using folder = await tempFolder();
    await using registry = await start(folder, { leaseSeconds: 2 });
    await using a = member(1, registry.join);
    await using b = member(2, registry.join);
    await begin(a, b);
    await eventually(() => a.membership.active().length === 1);
    await b.membership.stop();
    assert.equal(a.membership.active().length, 1);
    await eventually(() => a.membership.active().length === 0);
    assert.equal(a.membership.status().registered, true, 'who renews does not lapse');
  });

  it('refuses a registry of another network, and one of another protocol version, in one sentence', async () => {
    await using folder = await tempFolder();
    await using registry = await start(folder);
    const link = parseJoinLink(registry.join);
    await using lost = member(1, formatJoinLink({ ...link, network: id(99) }));
    lost.membership.start();
    await assert.rejects(lost.membership.firstRegistration(soon()), {
      code: 'conflict',
      message: /belongs to another network/,
    });

    await using other = await rogueRegistry({ protocol: PROTOCOL_VERSION + 1 });
    await using old = member(1, formatJoinLink(other.link));
    old.membership.start();
    await assert.rejects(old.membership.firstRegistration(soon()), {
      code: 'unsupported',
      message: /update the older of the two/,
    });
  });

  it('tries the addresses of its link in order', async () => {
    await using folder = await tempFolder();
    const gone = await start(folder);
    const nobody = parseJoinLink(gone.join).addresses[0]!;
    await gone.close();
    await using registry = await start(folder);
    const link = parseJoinLink(registry.join);
    await using a = member(1, formatJoinLink({ ...link, addresses: [nobody, ...link.addresses] }));
    a.membership.start();
    await a.membership.firstRegistration(soon());
  });

  it('joins while it runs, and drops what it knew of another network', async () => {
    await using folder = await tempFolder();
    await using first = await start(folder);
    await using second = await start(folder, { data: folder.join('second') });
    await using a = member(1, first.join);
    await using b = member(2, first.join);
    await begin(a, b);
    await eventually(() => a.membership.active().length === 1);
    await a.membership.setLink(parseJoinLink(second.join));
    await a.membership.firstRegistration(soon());
    assert.equal(a.membership.status().network, second.id);
    assert.deepEqual(a.membership.active(), []);

    await using nowhere = member(3, undefined);
    nowhere.membership.start();
    assert.deepEqual(nowhere.membership.status(), {
      network: null,
      mode: null,
      registered: false,
      reason: 'not joined to a network',
    });
    await assert.rejects(nowhere.membership.firstRegistration(soon()), { code: 'unavailable' });
  });

  it('the older of two that run with one key says so and does not fight', async () => {
    await using folder = await tempFolder();
    await using registry = await start(folder);
    await using older = member(1, registry.join);
    older.membership.start();
    await older.membership.firstRegistration(soon());
    await using newer = member(1, registry.join, {}, 8);
    newer.membership.start();
    await newer.membership.firstRegistration(soon());
    assert.equal(await older.membership.announce(), false);
    assert.match(older.membership.status().reason ?? '', /another peer with the same key/);
    assert.equal(await newer.membership.announce(), true);
    await newer.membership.leave();
    await older.membership.announce();
    assert.equal(older.membership.status().registered, true);
  });

  it('a registry that lies or floods does no harm', async () => {
    const peers: DirectoryPeer[] = Array.from({ length: 5000 }, (_, n) => ({
      ...told(n + 10),
      active: n % 2 === 0,
    }));
    peers[0] = {
      ...peers[0]!,
      name: '\u001b[31m\u202eevil:/',
      addresses: [
        { host: 'a b\u0007', port: 1 },
        { host: '10.0.0.1', port: 1 },
      ],
    };
    peers[1] = { ...peers[1]!, addresses: [{ host: '\u001b', port: 1 }] };
    peers.push(peers[0], { ...told(7), lastSeen: 'yesterday', lastRegistered: '9999-99-99' });
    await using rogue = await rogueRegistry({ peers });
    await using a = member(1, formatJoinLink(rogue.link), { maxPeers: 100 });
    a.membership.start();
    await a.membership.firstRegistration(soon());
    const known = await eventually(() => a.membership.active().length > 0 && a.membership.active());
    assert.ok(known.length <= 100);
    assert.equal(a.membership.get(peers[0].id)?.name, '[31mevil--');
    assert.deepEqual(a.membership.get(peers[0].id)?.addresses, [{ host: '10.0.0.1', port: 1 }]);
    assert.equal(a.membership.get(peers[1]!.id), undefined);

    await using liar = await rogueRegistry({ peers: [{ ...told(9), id: 'not an id' }] });
    await using b = member(2, formatJoinLink(liar.link));
    b.membership.start();
    await b.membership.firstRegistration(soon());
    await eventually(() => liar.polls() >= 2);
    assert.deepEqual(b.membership.active(), []);
    assert.ok(liar.polls() < 20, 'a registry that answers rubbish is not asked without pause');
  });
});

const start = (folder: TempFolder, more: Partial<RegistryConfig> = {}) =>
  startRegistry({
    data: folder.join('registry'),
    listen: { host: '127.0.0.1', port: 0 },
    advertise: [],
    mode: 'plaintext',
    leaseSeconds: 90,
    maxPeers: 100,
    log: silentLog,
    ...more,
  });

const id = (n: number) => signer(n).id;

/** A peer's membership, and what it says of itself. `start`: tells two starts of one peer apart. */
/** Starts each, and waits until it is registered. */
async function begin(...members: readonly { readonly membership: Membership }[]): Promise<void> {
  for (const { membership } of members) {
    membership.start();
    await membership.firstRegistration(soon());
  }
}

function member(n: number, join: string | undefined, more: Partial<MembershipOptions> = {}, start = n) {
  const says: { -readonly [Key in keyof PeerAnnouncement]: PeerAnnouncement[Key] } = {
    id: id(n),
    name: `peer-${n}`,
    addresses: [{ host: `10.0.0.${n}`, port: 10_000 + n }],
    nonce: start.toString(16).padStart(32, 'f'),
    files: 0,
    bytes: 0,
  };
  const self = signer(n);
  const trust = new Trust({
    self,
    verifier: systemVerifier,
    clock: systemClock,
    log: silentLog,
    mode: 'plaintext',
    credentials: undefined,
    save: () => {},
  });
  const membership = new Membership({
    trust,
    prover: new MembershipProver({ self, verifier: systemVerifier, trust, clock: systemClock }),
    agents: agentsOf(plaintextWire),
    link: join === undefined ? undefined : parseJoinLink(join),
    announcement: () => says,
    store: new MemoryKnownPeerStore(),
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    ...more,
  });
  return { membership, says, [Symbol.asyncDispose]: () => membership.stop() };
}

const told = (n: number): DirectoryPeer => ({
  id: id(n),
  name: `told-${n}`,
  addresses: [{ host: '10.1.1.1', port: 1 }],
  active: true,
  firstRegistered: '2030-01-01T00:00:00.000Z',
  lastRegistered: '2030-01-01T00:00:00.000Z',
  lastSeen: new Date().toISOString(),
  leaseEnds: '2030-01-01T00:00:00.000Z',
  registrations: 1,
  files: 0,
  bytes: 0,
  role: 'publish',
});

const unasked = () => assert.fail('nobody looks after this network');

/** A registry that says what it is told to say. */
async function rogueRegistry({ protocol = PROTOCOL_VERSION, peers = [] as DirectoryPeer[] }) {
  const epoch = '00000000000000aa';
  const grant = { name: 'peer', leaseSeconds: 90, renewSeconds: 30, revocations: 0 };
  const sessions = new Sessions({
    self: signer(42),
    network: () => id(42),
    admit: ({ peer }) => ({ peer, role: 'publish' }),
    recheck: () => {},
    clock: systemClock,
  });
  let version = 0;
  const server = await createHttpServer({
    title: 'rogue',
    version: '0',
    operations: registryOperations,
    allowedHosts: () => [],
    log: silentLog,
    handlers: {
      ...sessions.handlers(),
      revocations: async () => ({ list: null }),
      bringRevocations: async () => undefined,
      ...{ invite: unasked, invites: unasked, revoke: unasked, withdraw: unasked },
      network: async () => ({ id: id(42), mode: 'plaintext' as const, protocol, version: '0' }),
      register: async () => grant,
      renew: async () => grant,
      leave: async () => undefined,
      list: async () => ({ epoch, version, peers }),
      changes: async () => {
        version += 1;
        return { epoch, version, reset: true, revocations: 0, peers };
      },
    },
  });
  const address = await server.listen({ host: '127.0.0.1', port: 0 });
  const link: JoinLink = { addresses: [address], network: id(42), mode: 'plaintext' };
  return { link, polls: () => version, [Symbol.asyncDispose]: () => server.close() };
}

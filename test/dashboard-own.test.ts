import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { parseJoinLink } from '../src/core/join-link.ts';
import { type Client, createClient } from '../src/network/http/client.ts';
import { dashboardOperations } from '../src/protocol/http/dashboard/operations.ts';
import { Cluster, type ClusterPeer } from './harness/cluster.ts';
import { codeOf } from './harness/code-of.ts';
import { eventually } from './harness/eventually.ts';
import { signInLink } from './harness/sign-in-link.ts';

const LISTEN = { host: '127.0.0.1', port: 0 };

describe('what the dashboard asks of the own peer and the network', () => {
  const things = new AsyncDisposableStack();
  let cluster: Cluster;
  let here: ClusterPeer;
  let member: ClusterPeer;

  before(async () => {
    cluster = things.use(await Cluster.start());
    const dashboard = { listen: LISTEN };
    here = await cluster.peer('here', { dashboard, registry: cluster.registry.care });
    member = await cluster.peer('member', { dashboard });
  });
  after(() => things.disposeAsync());

  it('wants a session for every one of it', async () => {
    const stranger = clientOf(here, 'f'.repeat(32));
    for (const call of [
      stranger.folders({ query: {} }),
      stranger.about(),
      stranger.throughput(),
      stranger.networkPeers(),
      stranger.networkEvents(),
      stranger.invite({ body: { role: 'admin' } }),
      stranger.revoke({ body: { peer: 'member' } }),
    ])
      assert.equal(await codeOf(call), 'unauthorized');
    const local = await fetch(`http://127.0.0.1:${here.local.port}/v1/dashboard/folders`, {
      headers: { authorization: `Bearer ${here.local.token}` },
    });
    assert.equal(local.status, 404, 'the local API has no list of folders');
  });

  it('lists folders, and refuses what is none and what must not be shared', async () => {
    const client = await signedIn(here);
    const folder = cluster.folder.join('tree');
    mkdirSync(`${folder}/a`, { recursive: true });
    writeFileSync(`${folder}/file`, '');
    await client.share({ body: { path: folder } });
    const listed = await client.folders({ query: { path: cluster.folder.path } });
    assert.equal(listed.folders.find(({ name }) => name === 'tree')!.shared, true);
    const codes = async (path: string) => codeOf(client.folders({ query: { path } }));
    assert.equal(await codes(`${folder}/file`), 'not-found');
    assert.equal(await codes(`${folder}/none`), 'not-found');
    assert.equal(await codes('tree'), 'usage');
    assert.equal(await codes(''), 'usage');
    assert.equal(await codes(`/${'x'.repeat(5000)}`), 'usage');
    assert.equal(await codeOf(client.share({ body: { path: here.data } })), 'conflict');
    assert.equal(await codeOf(client.share({ body: { path: `${folder}/a` } })), 'conflict');
    assert.equal(await codeOf(client.pauseShare({ body: { path: '/none' } })), 'not-found');
    assert.equal(await codeOf(client.resumeShare({ body: { path: '/none' } })), 'not-found');
    const { downloads } = await client.about();
    assert.equal(await codeOf(client.pauseShare({ body: { path: downloads } })), 'conflict');
  });

  it('refuses limits that make no sense', async () => {
    const client = await signedIn(here);
    const plan = { usual: null, periods: [] };
    const period = { days: 1, from: 0, to: 60, rate: null };
    for (const up of [
      { usual: 999, periods: [] },
      { usual: null, periods: Array(51).fill(period) },
      { usual: null, periods: [{ ...period, days: 128 }] },
      { usual: null, periods: [{ ...period, from: 0.5 }] },
    ])
      assert.equal(await codeOf(client.keepLimits({ body: { up, down: plan } })), 'usage');
    assert.equal((await client.limits()).kept, false);
  });

  it('limits that were kept hold after a restart in place of the settings, until they are taken back', async () => {
    const settings = { upLimit: 9_000_000 };
    const before = await cluster.peer('limited', settings);
    const plan = { usual: 2_000_000, periods: [] };
    await before.client.keepLimits({ body: { up: plan, down: { usual: null, periods: [] } } });
    await before.running.close();
    const { client } = await cluster.peer('limited', settings);
    const { up, kept } = await client.limits();
    assert.deepEqual([up.now, up.usual, kept], [2_000_000, 2_000_000, true]);
    await client.limit({ body: { up: 3_000_000 } });
    assert.ok((await client.limits()).up.isSet);
    assert.deepEqual((await client.forgetLimits()).up, {
      now: 9_000_000,
      isSet: false,
      usual: 9_000_000,
      periods: [],
    });
  });

  it('looks after the network where the registry runs and by role admin, and lets others look', async () => {
    const [desk, plain] = [await signedIn(here), await signedIn(member)];
    assert.equal((await desk.about()).isRegistry, true);
    assert.ok((await desk.networkHealth()).counts!.members >= 2);
    assert.equal((await plain.networkHealth()).counts, null);
    assert.deepEqual(
      (await plain.networkPeers()).peers.map(({ name }) => name).toSorted(),
      (await desk.networkPeers()).peers.map(({ name }) => name).toSorted(),
    );
    assert.equal(await codeOf(plain.invite({ body: {} })), 'forbidden');
    assert.equal(await codeOf(plain.invites()), 'forbidden');
    assert.equal(await codeOf(plain.withdraw({ params: { id: '0'.repeat(16) } })), 'forbidden');
    assert.equal(await codeOf(plain.revoke({ body: { peer: 'here' } })), 'forbidden');
    assert.equal(await codeOf(desk.withdraw({ params: { id: '0'.repeat(16) } })), 'not-found');

    const { link } = await desk.invite({ body: { role: 'admin' } });
    const guest = await cluster.peer('guest', { join: parseJoinLink(link) });
    await eventually(async () => (await kindsOf(plain, 'guest')).includes('came'));
    await guest.client.leave();
    await eventually(async () => (await kindsOf(plain, 'guest')).includes('went'));
    assert.deepEqual(await kindsOf(desk, 'guest'), ['left', 'joined']);
  });
});

type Dashboard = Client<typeof dashboardOperations>;

const kindsOf = async (client: Dashboard, who: string): Promise<string[]> =>
  (await client.networkEvents()).events.filter(({ name }) => name === who).map(({ kind }) => kind);

function clientOf(peer: ClusterPeer, token: string): Dashboard {
  const { hostname: host, port } = new URL(peer.running.ready.dashboard!);
  return createClient(dashboardOperations, { address: { host, port: Number(port) }, token });
}

async function signedIn(peer: ClusterPeer): Promise<Dashboard> {
  const code = (await signInLink(peer)).split('#sign-in=')[1]!;
  const { token } = await clientOf(peer, 'none').signIn({ body: { code } });
  return clientOf(peer, token);
}

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { pageFetcher } from '../src/app/fetch-page.ts';
import type { PeerClients } from '../src/app/trust/peer-clients.ts';
import type { KnownPeer } from '../src/core/known-peer.ts';
import { signRevocations } from '../src/core/trust/revocations.ts';
import { systemVerifier } from '../src/storage/disk/ecdsa.ts';
import { type KeyFile, openKeyFile } from '../src/storage/disk/key-file.ts';
import { Cluster, type ClusterPeer } from './harness/cluster.ts';
import { knownPeer, memberClients } from './harness/member-clients.ts';
import { TestMember } from './harness/test-member.ts';
import { listNumber } from './harness/trust.ts';
import { freshKey } from './support/fresh-key.ts';

describe('the list of revocations over HTTP between peers', () => {
  let cluster: Cluster;
  let alice: ClusterPeer;
  let network: KeyFile;
  let at: KnownPeer;
  const open: PeerClients[] = [];
  const joined: TestMember[] = [];
  const signal = AbortSignal.timeout(60_000);

  before(async () => {
    cluster = await Cluster.start();
    alice = await cluster.peer('alice');
    for (let n = 0; n < 5; n += 1) joined.push(await TestMember.join(cluster.registry.join));
    network = openKeyFile(cluster.folder.join('registry', 'network-key.pem'));
    at = knownPeer(alice.id, alice.running.ready.listen[0]!.port);
  });
  after(async () => {
    for (const clients of open) clients.close();
    await cluster[Symbol.asyncDispose]();
  });

  const list = (number: number) =>
    signRevocations(network, { network: network.id, number, peers: [freshKey().id] });

  /** Somebody else each time; they have joined before: a list that the registry did not know ends its links. */
  async function member() {
    const one = joined.pop()!;
    const clients = await memberClients(one);
    open.push(clients);
    const pull = () => pageFetcher(clients, systemVerifier)(at, alice.id, { since: 0, limit: 100 }, signal);
    return { trust: one.trust, clients, pull };
  }

  it('goes from who asks for a page to who gives it, and back to the next who asks', async () => {
    const [brings, takes] = [await member(), await member()];
    brings.trust.takeRevocations(list(7));
    await brings.pull();
    assert.equal(listNumber(alice.data), 7);
    await takes.pull();
    assert.equal(takes.trust.revocations, 7);
  });

  it('goes over sessions that were open before, both ways', async () => {
    const [one, other] = [await member(), await member()];
    await one.pull();
    await other.pull();
    one.trust.takeRevocations(list(9));
    await one.pull();
    assert.equal(listNumber(alice.data), 9);
    await other.pull();
    assert.equal(other.trust.revocations, 9);
  });

  it("is refused when it is not the network's, and pages go on", async () => {
    const liar = await member();
    const key = freshKey();
    const forged = signRevocations(key, { network: network.id, number: 99, peers: [] });
    await assert.rejects(
      liar.clients.use(
        at,
        (client) => client.bringRevocations({ body: { list: forged } }, { signal }),
        signal,
      ),
      { code: 'usage', message: /signature of this list of revocations is wrong/ },
    );
    assert.notEqual(listNumber(alice.data), 99);
    assert.equal((await liar.pull()).page.owner, alice.id);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventually } from '../harness/eventually.ts';
import { makeTree } from '../harness/files.ts';
import { ProcessNetwork } from '../harness/processes.ts';
import { care, listNumber } from '../harness/trust.ts';

describe('the list of revocations', () => {
  it('goes from peer to peer while the registry is down', async () => {
    await using network = await ProcessNetwork.start();
    const good = await makeTree(network.folder.join('good'), { 'good.txt': 'good' });
    const bait = await makeTree(network.folder.join('bait'), { 'bait.txt': 'bait' });
    const alice = await network.peer('alice', { shares: [good] });
    const mallory = await network.peer('mallory', { shares: [bait] });
    const bob = await network.peer('bob');
    await eventually(async () => (await bob.find('bait')).total === 1);
    await eventually(async () => (await bob.find('good')).total === 1);
    await bob.daemon.kill('SIGTERM');
    await care(network, ['revoke', 'mallory']);
    await eventually(() => listNumber(alice.data) === 1);
    await network.registry.kill('SIGTERM');

    await bob.daemon.restart();
    assert.equal(bob.daemon.ready.registered, false);
    (await bob.get(['good.txt'])).one();
    await eventually(() => listNumber(bob.data) === 1);
    const refused = await bob.get(['mallory:bait/bait.txt', '--from', mallory.id], { timeout: 40_000 });
    assert.notEqual(refused.code, 0, 'it is put out here too');
    assert.match(refused.failed[0]?.reason ?? '', /its membership was revoked/);
  });

  it('reaches who wants nothing of anybody, after a start and while it runs', async () => {
    await using network = await ProcessNetwork.start();
    const alice = await network.peer('alice');
    await network.peer('mallory');
    const [bob, carol] = [await network.peer('bob'), await network.peer('carol')];
    for (const peer of [bob, carol])
      await eventually(async () => (await peer.client.peers()).peers.length === 4);
    await bob.daemon.kill('SIGTERM');
    carol.daemon.signal('SIGSTOP');
    await care(network, ['revoke', 'mallory']);
    await eventually(() => listNumber(alice.data) === 1);
    await network.registry.kill('SIGTERM');
    carol.daemon.signal('SIGCONT');
    await bob.daemon.restart();
    assert.equal(bob.daemon.ready.registered, false);
    await eventually(() => listNumber(bob.data) === 1 && listNumber(carol.data) === 1);
  });
});

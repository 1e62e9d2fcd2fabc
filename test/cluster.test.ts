import assert from 'node:assert/strict';
import { unlink } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { Cluster, type ClusterPeer } from './harness/cluster.ts';
import { eventually } from './harness/eventually.ts';
import { hashFile, makeFile, makeTree } from './harness/files.ts';

const PEERS = 10;
const SIZE = 6 * 2 ** 20;

const find = (peer: ClusterPeer, words: string) => peer.client.find({ query: { words } });

describe('ten peers in one process', () => {
  it('index one another, hear of deletions, and pass a file on to all', async () => {
    await using cluster = await Cluster.start();
    const peers: ClusterPeer[] = [];
    for (let i = 0; i < PEERS; i += 1) {
      const share = await makeTree(cluster.folder.join(`share-${i}`), {
        [`only ${i}.txt`]: `of ${i}`,
        'common.txt': 'the same everywhere',
      });
      peers.push(await cluster.peer(`peer-${i}`, { shares: [share] }));
    }
    const [first] = peers as [ClusterPeer];

    await Promise.all(
      peers.map((peer) => eventually(async () => (await find(peer, 'only')).total === PEERS)),
    );
    for (const peer of peers) {
      const { results } = await find(peer, 'common');
      assert.equal(results.length, 1, 'one content, one result');
      assert.equal(results[0]?.holders.length, PEERS);
      assert.equal((await peer.client.peers()).peers.length, PEERS);
    }

    await unlink(cluster.folder.join('share-3', 'only 3.txt'));
    await peers[3]!.client.rescan();
    await Promise.all(
      peers.map((peer) =>
        eventually(async () => {
          const found = await find(peer, 'only 3');
          assert.equal(found.total, 0, JSON.stringify(found));
          return true;
        }),
      ),
    );

    const file = await makeFile(cluster.folder.join('share-0', 'for all.bin'), SIZE);
    await first.client.rescan();
    const others = peers.slice(1);
    await Promise.all(
      others.map((peer) => eventually(async () => (await find(peer, 'for all')).total === 1)),
    );
    const expected = await hashFile(file);
    await Promise.all(
      others.map(async (peer) => {
        const events = await peer.get({ what: ['for all.bin'] });
        const done = events.find((event) => event.event === 'done');
        assert.ok(done, JSON.stringify(events));
        assert.equal(done.path, path.join(peer.data, 'downloads', 'for all.bin'));
        assert.equal(await hashFile(done.path), expected);
      }),
    );
    await eventually(async () => (await find(first, 'for all')).results[0]?.holders.length === PEERS);
  });
});

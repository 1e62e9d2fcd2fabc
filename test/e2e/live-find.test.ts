import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openPeerDatabase } from '../../src/storage/sqlite/peer-database.ts';
import { Cluster, type ClusterPeer } from '../harness/cluster.ts';
import { eventually } from '../harness/eventually.ts';
import { makeTree } from '../harness/files.ts';

const OTHERS = 5;
const find = (peer: ClusterPeer, words: string) => peer.client.find({ query: { words } });

describe('a network of more peers than the index has room for', () => {
  it('is searched by asking others live, and the answer says whom', async () => {
    await using cluster = await Cluster.start();
    const others: ClusterPeer[] = [];
    for (let n = 0; n < OTHERS; n += 1) {
      const share = await makeTree(cluster.folder.join(`share-${n}`), {
        [`rare ${n}.txt`]: `of ${n}`,
        'all.txt': 'x',
      });
      others.push(await cluster.peer(`other-${n}`, { shares: [share] }));
    }
    const small = await cluster.peer('small', { indexPeers: 2, indexFollow: ['other-4'] });
    const answer = await eventually(async () => {
      const found = await find(small, 'rare');
      return found.total === OTHERS && found;
    });
    assert.deepEqual(answer.live, { missing: OTHERS - 2, asked: OTHERS, answered: OTHERS });
    using database = openPeerDatabase(`${small.data}/peer.db`, { readOnly: true });
    const owners = database.prepare('SELECT peer FROM owners').all();
    assert.equal(owners.length, 2 + 1, 'its own, the one that it follows and another');
    assert.ok(owners.some(({ peer }) => peer === others[4]!.id));
    const { results } = await find(small, 'all');
    assert.equal(results.length, 1);
    assert.equal(results[0]!.holders.length, OTHERS);

    const local = await find(others[0]!, 'rare');
    assert.equal(local.live, undefined);
    await others[4]!.running.close();
    assert.deepEqual((await find(small, 'rare')).live, {
      missing: OTHERS - 2,
      asked: OTHERS,
      answered: OTHERS - 1,
    });
  });
});

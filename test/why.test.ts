import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Cluster, type ClusterPeer } from './harness/cluster.ts';
import { eventually } from './harness/eventually.ts';
import { makeFile } from './harness/files.ts';

const SIZE = 60_000_000;

describe('why a download is not faster', () => {
  let cluster: Cluster;
  let seed: ClusterPeer;
  let peer: ClusterPeer;
  before(async () => {
    cluster = await Cluster.start();
    for (const name of ['a', 'b'])
      await makeFile(cluster.folder.join('shared', `${name}.bin`), SIZE, name.charCodeAt(0));
    seed = await cluster.peer('seed', { shares: [cluster.folder.join('shared')] });
    peer = await cluster.peer('peer');
  });
  after(() => cluster[Symbol.asyncDispose]());

  it('its source, its own limit, a pause, an absent holder', async () => {
    await seed.client.limit({ body: { up: 2e6 } });
    const { job, stop } = await begin('a.bin');
    const why = () => peer.client.why({ params: { job } });
    const slow = await until(async () => {
      const answer = await why();
      return answer.causes[0]!.cause === 'sources' && answer.files[0]!.sources[0]!.rate > 0
        ? answer
        : undefined;
    });
    assert.equal(slow.why, 'seed is limited by its uplink or the way here');
    const [source] = slow.files[0]!.sources;
    assert.equal(source!.name, 'seed');
    assert.equal(source!.waits, 'gives');
    assert.ok(source!.asked > 0);

    await seed.client.limit({ body: { up: null } });
    await peer.client.limit({ body: { down: 3e6 } });
    const own = await until(async () => {
      const answer = await why();
      return answer.causes[0]!.cause === 'own-limit' ? answer : undefined;
    });
    assert.equal(own.why, 'the download limit here, 3 MB/s for all downloads');

    await peer.client.pause({ params: { job } });
    assert.equal((await why()).causes[0]!.cause, 'paused');
    await stop();

    await seed.client.leave();
    await eventually(async () => (await peer.client.peers()).peers.length === 1);
    await peer.client.resume({ params: { job } });
    const away = await until(async () => {
      const answer = await why();
      return answer.causes[0]!.cause === 'holder-away' ? answer : undefined;
    });
    assert.match(away.why, /^waiting: holder seed is away since \d\d:\d\d$/);
    assert.equal(away.job.state, 'waiting');
    await peer.client.cancel({ params: { job } });
    assert.equal((await why()).why, 'nothing: it is cancelled');
  });

  it('a job that nobody knows is not found', async () => {
    await assert.rejects(peer.client.why({ params: { job: 'none' } }), { code: 'not-found' });
  });

  /** Begins a download; `stop` lets go of its events. */
  async function begin(what: string): Promise<{ job: string; stop: () => Promise<void> }> {
    const events = peer.client.get({ body: { what: [what] } })[Symbol.asyncIterator]();
    for (;;) {
      const { value } = await events.next();
      if (value?.event === 'job') return { job: value.job, stop: async () => void (await events.return?.()) };
    }
  }
});

/** Looks until there is something. */
const until = <T>(look: () => Promise<T | undefined>) => eventually(look);

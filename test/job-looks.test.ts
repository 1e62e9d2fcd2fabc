import assert from 'node:assert/strict';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Cluster, type ClusterPeer } from './harness/cluster.ts';
import { eventually } from './harness/eventually.ts';
import { makeTree, stampedBytes } from './harness/files.ts';

const MIB = 2 ** 20;

describe('a look into a job', () => {
  let cluster: Cluster;
  let seed: ClusterPeer;
  let peer: ClusterPeer;

  before(async () => {
    cluster = await Cluster.start();
    const folder = await makeTree(cluster.folder.join('data'), {
      'large.bin': stampedBytes(16 * MIB),
      ...Object.fromEntries(
        Array.from({ length: 12 }, (_, i) => [`many/file ${i}.txt`, stampedBytes(1000 + i, i)]),
      ),
    });
    seed = await cluster.peer('seed', { shares: [folder], upLimit: 2e6 });
    peer = await cluster.peer('peer');
  });
  after(() => cluster[Symbol.asyncDispose]());

  it('shows the leaves of a file while it comes, while it is paused, and when it is done', async () => {
    const ended = peer.get({ what: ['seed:data/large.bin'] });
    const job = await eventually(async () => (await peer.client.jobs()).jobs[0]?.id);
    const leaves = (bins?: number) => peer.client.jobLeaves({ params: { job }, query: bins ? { bins } : {} });
    const running = await eventually(async () => {
      const now = await leaves();
      return now.here > 0 && now.coming > 0 ? now : undefined;
    });
    assert.equal(running.leaves, 64);
    assert.equal(running.bins.here.length, 64);
    const sum = (counts: readonly number[]) => counts.reduce((all, one) => all + one, 0);
    assert.equal(sum(running.bins.here), running.here);
    assert.equal(sum(running.bins.coming), running.coming);
    assert.equal(running.here + running.coming + running.atOne, 64, 'one peer has all of it');
    assert.equal(running.bins.rarest.filter((one) => one === 1).length, 64 - running.here);
    const coarse = await leaves(10);
    assert.equal(coarse.bins.here.length, 10);

    await peer.client.pause({ params: { job } });
    await ended;
    const paused = await leaves();
    assert.ok(paused.here >= running.here);
    assert.equal(paused.atNobody, 64 - paused.here);
    await seed.client.limit({ body: { up: null } });
    await peer.client.resume({ params: { job } });
    await eventually(async () => (await peer.client.jobs()).jobs[0]!.state === 'done');
    assert.equal((await leaves()).here, 64);
  });

  it('lists what failed and why, in pages, and only that is tried again', async () => {
    const root = cluster.folder.join('out');
    await mkdir(path.join(root, 'many'), { recursive: true });
    const inTheWay = ['file 3.txt', 'file 7.txt'].map((name) => path.join(root, 'many', name));
    for (const file of inTheWay) await writeFile(file, 'something else');
    await peer.get({ what: ['seed:data/many/'], output: root, outputIsFolder: true });
    const { id } = (await peer.client.jobs()).jobs.at(-1)!;
    const items = (query: { state: 'done' | 'failed' | 'open'; after?: number; limit?: number }) =>
      peer.client.jobItems({ params: { job: id }, query });
    const failed = await items({ state: 'failed' });
    assert.deepEqual(
      failed.items.map((item) => item.path),
      inTheWay,
    );
    assert.equal(failed.counts.failed, 2);
    assert.equal(failed.items[0]!.code, 'conflict');
    assert.match(failed.items[0]!.reason!, /a different file stands at/);

    const first = await items({ state: 'done', limit: 4 });
    assert.equal(first.items.length, 4);
    assert.equal(first.next, first.items[3]!.item);
    const rest = await items({ state: 'done', after: first.next!, limit: 1000 });
    assert.equal(rest.next, undefined);
    assert.equal(first.items.length + rest.items.length, failed.counts.done);

    const untouched = path.join(root, 'many', 'file 0.txt');
    const { mtimeMs, ino } = await stat(untouched);
    for (const file of inTheWay) await rm(file);
    await peer.client.resume({ params: { job: id } });
    await eventually(async () => (await peer.client.jobs()).jobs.at(-1)!.state === 'done');
    assert.deepEqual((await items({ state: 'failed' })).items, []);
    const after = await stat(untouched);
    assert.deepEqual([after.mtimeMs, after.ino], [mtimeMs, ino]);
  });

  it('knows nothing of a job or a file that is not there', async () => {
    const [job] = (await peer.client.jobs()).jobs;
    await assert.rejects(peer.client.jobLeaves({ params: { job: 'nosuch' } }), { code: 'not-found' });
    await assert.rejects(peer.client.jobItems({ params: { job: 'nosuch' }, query: { state: 'open' } }), {
      code: 'not-found',
    });
    await assert.rejects(peer.client.jobLeaves({ params: { job: job!.id }, query: { item: 99 } }), {
      code: 'not-found',
    });
  });
});

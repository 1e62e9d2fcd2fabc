import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { it } from 'node:test';
import { Cluster, type ClusterPeer } from '../harness/cluster.ts';
import { eventually } from '../harness/eventually.ts';
import { makeTree } from '../harness/files.ts';

const DAY_MS = 24 * 3600 * 1000;

const lists = async (peer: ClusterPeer): Promise<string> =>
  (await peer.client.ls({ query: { where: 'owner:data' } })).entries
    .map(({ name }) => name)
    .sort()
    .join();

it('a peer that comes back sees what is there now, after a week and when the deletions that it missed are forgotten', async () => {
  await using cluster = await Cluster.start();
  const share = await makeTree(cluster.folder.join('data'), { 'a.txt': 'a', 'b.txt': 'b', 'c.txt': 'c' });
  let owner = await cluster.peer('owner', { shares: [share] });
  let away = await cluster.peer('away');
  await eventually(async () => (await lists(away)) === 'a.txt,b.txt,c.txt');
  for (const [days, gone, expected] of [
    [7, 'a.txt', 'after-7.txt,b.txt,c.txt'],
    [31, 'b.txt', 'after-31.txt,after-7.txt,c.txt'],
  ] as const) {
    await away.running.close();
    await rm(path.join(share, gone));
    await writeFile(path.join(share, `after-${days}.txt`), 'new');
    await owner.client.rescan();
    await owner.running.close();
    const database = new DatabaseSync(path.join(owner.data, 'peer.db'));
    database.exec(`UPDATE entries SET stamp = stamp - ${days * DAY_MS}`);
    database.close();
    owner = await cluster.peer('owner', { data: owner.data });
    // What is too old goes at the start.
    const left = new DatabaseSync(path.join(owner.data, 'peer.db'), { readOnly: true });
    const deletions = () => left.prepare('SELECT count(*) AS n FROM entries WHERE flag = 0').get()!.n;
    await eventually(() => deletions() === (days > 30 ? 0 : 1));
    left.close();
    away = await cluster.peer('away', { data: away.data });
    await eventually(async () => (await lists(away)) === expected);
  }
});

import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { it } from 'node:test';
import { Cluster, type ClusterPeer } from '../harness/cluster.ts';
import { eventually } from '../harness/eventually.ts';
import { makeTree } from '../harness/files.ts';
import { ProcessNetwork } from '../harness/processes.ts';

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

it('peers whose clocks jump see what is there now', async () => {
  await using network = await ProcessNetwork.start();
  const share = await makeTree(network.folder.join('data'), { 'a.txt': 'a' });
  const ahead = network.folder.join('ahead');
  await writeFile(ahead, '0');
  const script = `import { readFileSync } from 'node:fs'; const now = Date.now;
    Date.now = () => now() + Number(readFileSync(${JSON.stringify(ahead)}, 'utf8'));`;
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(script)}` };
  const owner = await network.peer('owner', { shares: [share], env });
  const other = await network.peer('other', { env });
  const third = await network.peer('third');
  const sees = async (...names: string[]) => {
    for (const peer of [other, third]) {
      await eventually(async () => {
        const { entries } = await peer.ask<{ entries: { name: string }[] }>(['ls', 'owner:data']);
        return (
          entries
            .map(({ name }) => name)
            .sort()
            .join() === names.join()
        );
      });
    }
  };
  await sees('a.txt');
  for (const [at, jump] of [90, -90, 0].entries()) {
    // In one step: it is read all the time.
    await writeFile(`${ahead}.new`, String(jump * 60_000));
    await rename(`${ahead}.new`, ahead);
    await rm(path.join(share, 'a.txt'), { force: true });
    await rm(path.join(share, `b${at - 1}.txt`), { force: true });
    await writeFile(path.join(share, `b${at}.txt`), `b ${at}`);
    await owner.ask(['rescan']);
    await sees(`b${at}.txt`);
  }
});

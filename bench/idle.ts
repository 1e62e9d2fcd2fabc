import { setTimeout as delay } from 'node:timers/promises';
import { makeTree } from '../test/harness/files.ts';
import { ProcessNetwork } from '../test/harness/processes.ts';

export interface IdleResult {
  readonly what: string;
  /** Bytes. */
  readonly memory: number;
  /** Share of one core, 0 to 1, over the time that was waited. */
  readonly load: number;
}

/** What a registry and a peer take when nobody asks them for anything, after `settleMs` for what runs after a start: first scan, renewals. */
export async function benchIdle(settleMs: number): Promise<IdleResult[]> {
  await using network = await ProcessNetwork.start();
  const share = await makeTree(network.folder.join('share'), { 'a.txt': 'a' });
  const peer = await network.peer('idle', { shares: [share], scanInterval: 30 });
  const daemons = [
    { what: 'registry with one peer', daemon: network.registry },
    { what: 'peer with one file', daemon: peer.daemon },
  ];
  const before = daemons.map(({ daemon }) => daemon.stats.cpuSeconds);
  await delay(settleMs);
  return daemons.map(({ what, daemon }, i) => {
    const { memory, cpuSeconds } = daemon.stats;
    return { what, memory, load: (cpuSeconds - before[i]!) / (settleMs / 1000) };
  });
}

import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Random, randomInt } from '../../src/core/random.ts';
import type { PeerProcess, ProcessNetwork } from '../../test/harness/processes.ts';
import { runProgram } from '../../test/harness/program.ts';
import { ChangingShare } from './changing-share.ts';
import { fetchSomething } from './fetching.ts';
import { localApi } from './local-api.ts';
import type { Tally } from './tally.ts';

export interface Scene {
  readonly network: ProcessNetwork;
  readonly random: Random;
  readonly tally: Tally;
  readonly over: AbortSignal;
}

const RATE = '4MB/s';

/** A peer that stays: changes its files and fetches others' at once, about one of each in two seconds. */
export async function stay(scene: Scene, peer: PeerProcess, share: ChangingShare): Promise<void> {
  const { random, tally, over } = scene;
  const api = await localApi(peer.data);
  const folder = await scene.network.makeFolder(`${peer.name}-out`);
  await Promise.all([
    untilOver(scene, async () => {
      await share.step();
      await delay(1500 + 1000 * random.next(), undefined, { signal: over });
    }),
    untilOver(scene, async () => {
      await fetchSomething({ api, folder, random, tally });
      await delay(500 + 1500 * random.next(), undefined, { signal: over });
    }),
  ]);
}

/** Starts a peer with a changing share. `n` tells its contents from others'. */
export async function startPeer({ network, random, tally }: Scene, name: string, n: number) {
  const folder = await network.makeFolder(name);
  const share = new ChangingShare(folder, n * 1_000_000, random, tally);
  for (let i = 0; i < 5; i += 1) await share.step();
  const args = ['--up-limit', RATE, '--log-level', 'warn'];
  return { share, peer: await network.peer(name, { shares: [folder], scanInterval: 3, args }) };
}

/** A place in which peers come and go, all the time: those of a few data folders, each back again and again. */
export async function comeAndGo(scene: Scene, place: number): Promise<void> {
  const { random, tally, over } = scene;
  const known: { share: ChangingShare; peer: PeerProcess }[] = [];
  await untilOver(scene, async () => {
    const again = known.length === 3 ? known[randomInt(random, 3)] : undefined;
    const visitor =
      again ?? (await startPeer(scene, `visitor-${place}-${known.length}`, place * 10 + known.length));
    if (again) await again.peer.daemon.restart();
    else known.push(visitor);
    tally.add('peers come');
    const visit = AbortSignal.any([over, AbortSignal.timeout(Math.round(10_000 + 20_000 * random.next()))]);
    await stay({ ...scene, over: visit }, visitor.peer, visitor.share);
    await goAway(visitor.peer, random, tally);
    await delay(5000 * random.next(), undefined, { signal: over });
  });
}

async function goAway(peer: PeerProcess, random: Random, tally: Tally): Promise<void> {
  const how = randomInt(random, 3);
  tally.add(['peers killed', 'peers ended', 'peers left'][how]!);
  if (how === 0) await peer.daemon.kill('SIGKILL');
  if (how === 1) await peer.daemon.kill('SIGTERM');
  if (how === 2) await (await localApi(peer.data)).leave().then(() => peer.daemon.ended());
}

/** Somebody who only passes: a new member each time, for one file. */
export async function passBy(scene: Scene): Promise<void> {
  const { network, random, tally, over } = scene;
  let n = 0;
  await untilOver(scene, async () => {
    const data = network.folder.join(`passing-${n++}`);
    const output = path.join(data, 'out');
    await mkdir(output, { recursive: true });
    const what = `stays-0:stays-0/folder-${randomInt(random, 5)}/*`;
    const args = ['get', what, '-o', `${output}/`, '--join', network.join, '--data', data, '--json'];
    const { code } = await runProgram(args, { timeout: 120_000 });
    tally.add(code === 0 ? 'passing peers' : `passing peers (exit ${code})`);
    await delay(15_000 + 10_000 * random.next(), undefined, { signal: over });
  });
}

/** What fails meanwhile - a holder goes, a daemon is just killed - is a part of the churn, counted and gone on from. */
async function untilOver({ over, tally }: Scene, act: () => Promise<void>): Promise<void> {
  while (!over.aborted) {
    try {
      await act();
    } catch (error) {
      if (over.aborted) return;
      tally.add(`failed calls (${(error as { code?: string }).code ?? (error as Error).name})`);
      await delay(500);
    }
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import { leafCount } from '../../src/core/leaf-layout.ts';
import type { Source } from '../contender.ts';
import { ChurnRun, whoLived } from './churn.ts';
import { Crowd } from './crowd.ts';
import { patienceFor, prepare, verify } from './measure.ts';
import { ProgressMeter } from './progress.ts';
import type { CrowdContender, LeafWatch } from './race.ts';
import type { Scenario } from './scenario.ts';

/** Time for the living to give each other what they have, and to say what they lack. */
const SETTLE_SECONDS = 60;

export interface ShortRound {
  readonly void?: string;
  /** Leaves that the living lacked together once the seed was gone. */
  readonly missing?: number;
  /** Seconds from the seed's death until each survivor had all that the living had; undefined: not within a minute. */
  readonly settledAfter?: number;
  /** What a survivor told its user then, and whether it named the seed. */
  readonly said?: string;
  readonly namedSeed?: boolean;
  readonly survivors: number;
  /** Survivors that were whole, with the same file, after the seed had come back. */
  readonly finished: number;
  /** Seconds from the seed's return until the last of them; undefined: not all did. */
  readonly finishedAfter?: number;
}

/** The seed's host dies one leaf short of what the living need, and comes back later. */
export async function runShort(
  contender: CrowdContender,
  scenario: Scenario,
  source: Source,
  sourceHash: string,
  folder: string,
): Promise<ShortRound> {
  using crowd = Crowd.create(scenario);
  await using race = await prepare(contender, crowd, scenario, source, folder);
  const watch = race.leaves;
  if (!watch) throw new Error(`${contender.name} does not show who holds which leaf`);
  using meter = await ProgressMeter.start(crowd);
  const run = new ChurnRun({ crowd, race, scenario, source, short: 1, meter });
  const patience = patienceFor(scenario, source.bytes);
  await run.killOnTime(patience);
  const nothing = { survivors: run.survivors.length, finished: 0 };
  if (!run.seed || !run.victims)
    return { ...nothing, void: `nobody was killed: ${whoLived(run.victims, run.seed)}` };
  const settledAfter = await settle(run, watch);
  const missing = leafCount(source.bytes) - (await run.union(watch)).count;
  if (missing === 0) return { ...nothing, void: 'the last leaf had arrived before the seed could be killed' };
  const said = await whatIsSaid(run, watch);
  const returned = run.seconds;
  crowd.plug(0);
  await watch.revive();
  while (!run.allDone && run.seconds < returned + patience) await delay(50);
  const finished = run.survivors.filter((host) => run.isDone(host));
  await verify(race, finished, sourceHash);
  return {
    survivors: run.survivors.length,
    missing,
    ...(settledAfter === undefined ? {} : { settledAfter }),
    said,
    namedSeed: watch.seed.some((name) => said.includes(name)),
    finished: finished.length,
    ...(run.allDone ? { finishedAfter: Math.max(...run.finishes) - returned } : {}),
  };
}

/** Waits until each survivor holds what all of them hold together. */
async function settle(run: ChurnRun, watch: LeafWatch): Promise<number | undefined> {
  const death = run.seed!.at;
  while (run.seconds < death + SETTLE_SECONDS) {
    const { count } = await run.union(watch);
    const held = await Promise.all(run.survivors.map((host) => watch.held(host)));
    if (held.every((one) => one.count === count)) return run.seconds - death;
    await delay(50);
  }
  return undefined;
}

/** What the first survivor says; waits until it names the seed, a while at most. */
async function whatIsSaid(run: ChurnRun, watch: LeafWatch): Promise<string> {
  const end = run.seconds + SETTLE_SECONDS;
  for (;;) {
    const said = await watch.says(run.survivors[0]!);
    if (watch.seed.some((name) => said.includes(name)) || run.seconds >= end) return said;
    await delay(250);
  }
}

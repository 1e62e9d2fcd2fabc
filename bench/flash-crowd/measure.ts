import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { hashFile } from '../../test/harness/files.ts';
import type { Source } from '../contender.ts';
import { Crowd } from './crowd.ts';
import { type Progress, ProgressMeter } from './progress.ts';
import type { CrowdContender, Race } from './race.ts';
import { fetchersOf, type Scenario } from './scenario.ts';
import { payloadOf } from './shaping.ts';
import { type HostUsage, UsageMeter } from './usage.ts';

/** A run counts as never finished after this multiple of the time in which all could take turns at the seed's link, and a while. */
const PATIENCE = 1.5;
const GRACE_SECONDS = 30;

export interface Round {
  /** Seconds from the common start until each fetcher had it whole, in the order of hosts. */
  readonly finishes: readonly number[];
  /** Payload that the seed's host sent until the last was done, as a multiple of the file. */
  readonly seedSent: number;
  /** Of each host, the seed's first. */
  readonly usage: readonly HostUsage[];
  readonly progress: Progress;
}

/** Sets the hosts up, starts everything, lets all fetch at once, and takes it down again. */
export async function runRound(
  contender: CrowdContender,
  scenario: Scenario,
  source: Source,
  sourceHash: string,
  folder: string,
): Promise<Round> {
  const fetchers = fetchersOf(scenario);
  using crowd = Crowd.create(scenario);
  await using race = await prepare(contender, crowd, scenario, source, folder);
  using usage = new UsageMeter(scenario.up.map((_, host) => () => race.pids(host)));
  const before = await crowd.sent(0);
  using meter = await ProgressMeter.start(crowd);
  const patience = patienceFor(scenario, source.bytes);
  const started = performance.now();
  const finishes = await within(
    patience,
    Promise.all(
      fetchers.map(async (host) => {
        await race.fetch(host);
        return (performance.now() - started) / 1000;
      }),
    ),
  );
  const after = await crowd.sent(0);
  const seedSent =
    payloadOf({ bytes: after.bytes - before.bytes, packets: after.packets - before.packets }) / source.bytes;
  const round = { finishes, seedSent, usage: usage.read(), progress: await meter.finish() };
  await verify(race, fetchers, sourceHash);
  return round;
}

/** Everything before the clock: an empty folder, one for each host's file, and the contender's own start. */
export async function prepare(
  contender: CrowdContender,
  crowd: Crowd,
  { up }: Scenario,
  source: Source,
  folder: string,
): Promise<Race> {
  await rm(folder, { recursive: true, force: true });
  for (const host of up.keys()) await mkdir(path.join(folder, `out-${host}`), { recursive: true });
  return contender.start(crowd, up.length, source, folder);
}

/** By another hash than peerdex's and BitTorrent's own. */
export async function verify(race: Race, fetchers: readonly number[], sourceHash: string): Promise<void> {
  for (const host of fetchers) {
    if ((await hashFile(race.destination(host))) !== sourceHash)
      throw new Error(`host ${host} has another file than the seed`);
  }
}

/** Seconds. */
export const patienceFor = ({ up }: Scenario, bytes: number): number =>
  GRACE_SECONDS + (PATIENCE * (up.length - 1) * bytes * 8) / up[0]!;

async function within<T>(seconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${Math.round(seconds)} s`)), seconds * 1000);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

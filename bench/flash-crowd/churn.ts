import { setTimeout as delay } from 'node:timers/promises';
import type { Bitfield } from '../../src/core/bitfield.ts';
import { leafCount } from '../../src/core/leaf-layout.ts';
import type { Source } from '../contender.ts';
import { Crowd } from './crowd.ts';
import { patienceFor, prepare, verify } from './measure.ts';
import { ProgressMeter } from './progress.ts';
import type { CrowdContender, LeafWatch, Race } from './race.ts';
import { fetchersOf, type Scenario } from './scenario.ts';
import { payloadOf } from './shaping.ts';

const EVERY_MS = 5;
/** Where nobody can see who holds what: the seed dies when it has sent this multiple of the file. */
const BLIND_SEED_SENDS = 1.1;
const VICTIMS = [1, 2];

export interface Death {
  /** Seconds after the start. */
  readonly at: number;
  /** Leaves that the survivors held together at that moment; undefined where that cannot be seen. */
  readonly union?: number;
}

export interface ChurnRound {
  /** Why the run shows nothing; then nothing else counts. */
  readonly void?: string;
  readonly victims?: Death;
  readonly seed?: Death;
  readonly survivors: number;
  /** Seconds after the start, of those survivors that finished and have the same file as the seed. */
  readonly finishes: readonly number[];
}

/** Two fetchers die at half way, the seed's host when the others together hold `short` leaves less than all. */
export class ChurnRun {
  readonly finishes: number[] = [];
  victims: Death | undefined;
  seed: Death | undefined;
  readonly survivors: readonly number[];
  readonly crowd: Crowd;
  readonly race: Race;
  readonly #fetchers: readonly number[];
  readonly #source: Source;
  readonly #short: number;
  readonly #meter: ProgressMeter;
  readonly #started = performance.now();
  readonly #done = new Set<number>();

  constructor(parts: ChurnParts) {
    this.crowd = parts.crowd;
    this.race = parts.race;
    this.#source = parts.source;
    this.#short = parts.short;
    this.#meter = parts.meter;
    this.#fetchers = fetchersOf(parts.scenario);
    this.survivors = this.#fetchers.filter((host) => !VICTIMS.includes(host));
    for (const host of this.#fetchers) this.#fetch(host);
  }

  get seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }

  get allDone(): boolean {
    return this.survivors.every((host) => this.#done.has(host));
  }

  isDone(host: number): boolean {
    return this.#done.has(host);
  }

  /** Watches and kills until both deaths have happened, the survivors are done, or `seconds` are over. */
  async killOnTime(seconds: number): Promise<void> {
    while (!(this.victims && this.seed) && !this.allDone && this.seconds < seconds) {
      const look = this.race.leaves ? await this.#lookAt(this.race.leaves) : await this.#lookFromOutside();
      if (!this.victims && look.halfWay) await this.#killVictims(look.union);
      if (!this.seed && look.seedMayGo) await this.#killSeed(look.union);
      await delay(EVERY_MS);
    }
  }

  /** Leaves that the survivors hold together. */
  async union(watch: LeafWatch): Promise<Bitfield> {
    return unionOf(await Promise.all(this.survivors.map((host) => watch.held(host))));
  }

  async #lookAt(watch: LeafWatch): Promise<Look> {
    const held = await Promise.all(this.#fetchers.map((host) => watch.held(host)));
    const leaves = leafCount(this.#source.bytes);
    const sum = held.reduce((total, { count }) => total + count, 0);
    const union = unionOf(held.filter((_, i) => this.survivors.includes(this.#fetchers[i]!))).count;
    return {
      halfWay: sum * 2 >= leaves * held.length,
      seedMayGo: union >= leaves - this.#short,
      union,
    };
  }

  async #lookFromOutside(): Promise<Look> {
    const received = this.#fetchers.reduce((sum, host) => sum + this.#meter.received(host), 0);
    const sent = payloadOf(await this.crowd.sent(0));
    return {
      halfWay: received * 2 >= this.#source.bytes * this.#fetchers.length,
      seedMayGo: sent >= this.#source.bytes * BLIND_SEED_SENDS,
    };
  }

  async #killVictims(union: number | undefined): Promise<void> {
    if (VICTIMS.some((host) => this.#done.has(host))) return;
    this.victims = { at: this.seconds, ...(union === undefined ? {} : { union }) };
    await Promise.all(VICTIMS.map((host) => this.race.kill(host)));
  }

  async #killSeed(union: number | undefined): Promise<void> {
    // What its kernel has taken over would still arrive.
    if (this.#short > 0) this.crowd.unplug(0);
    this.seed = { at: this.seconds, ...(union === undefined ? {} : { union }) };
    await this.race.kill(0);
  }

  #fetch(host: number): void {
    this.race.fetch(host).then(
      () => {
        this.#done.add(host);
        if (this.survivors.includes(host)) this.finishes.push(this.seconds);
      },
      () => {}, // a victim, or one that gave up: it is missing among the finishes
    );
  }
}

interface ChurnParts {
  readonly crowd: Crowd;
  readonly race: Race;
  readonly scenario: Scenario;
  readonly source: Source;
  readonly short: number;
  readonly meter: ProgressMeter;
}

interface Look {
  readonly halfWay: boolean;
  readonly seedMayGo: boolean;
  readonly union?: number;
}

/** The run in which the living can finish without the seed. */
export async function runChurn(
  contender: CrowdContender,
  scenario: Scenario,
  source: Source,
  sourceHash: string,
  folder: string,
): Promise<ChurnRound> {
  using crowd = Crowd.create(scenario);
  await using race = await prepare(contender, crowd, scenario, source, folder);
  using meter = await ProgressMeter.start(crowd);
  const run = new ChurnRun({ crowd, race, scenario, source, short: 0, meter });
  const patience = patienceFor(scenario, source.bytes);
  await run.killOnTime(patience);
  while (!run.allDone && run.seconds < patience) await delay(50);
  const { victims, seed, survivors, finishes } = run;
  await verify(
    race,
    survivors.filter((host) => run.isDone(host)),
    sourceHash,
  );
  const result = { survivors: survivors.length, finishes };
  if (!victims || !seed) return { ...result, void: `nobody was killed: ${whoLived(victims, seed)}` };
  return { ...result, victims, seed };
}

export function whoLived(victims: Death | undefined, seed: Death | undefined): string {
  const lived = [...(victims ? [] : ['the two fetchers']), ...(seed ? [] : ['the seed'])];
  return `${lived.join(' and ')} lived until all were done or time was over`;
}

function unionOf(fields: readonly Bitfield[]): Bitfield {
  const all = fields[0]!.clone();
  for (const field of fields) for (const leaf of field) all.add(leaf);
  return all;
}

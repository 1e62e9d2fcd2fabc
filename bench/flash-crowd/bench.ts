import { leafCount } from '../../src/core/leaf-layout.ts';
import type { Source } from '../contender.ts';
import { runChurn } from './churn.ts';
import { runShort, type ShortRound } from './churn-short.ts';
import { type Round, runRound } from './measure.ts';
import type { CrowdContender } from './race.ts';
import { type ChurnEntry, type ChurnResult, lastOf, type ScenarioResult } from './results.ts';
import { fluidBound, type Scenario } from './scenario.ts';

/** How often a run one leaf short is tried again when the last leaf was quicker than the kill. */
const SHORT_TRIES = 5;

export interface BenchParts {
  readonly contenders: readonly CrowdContender[];
  readonly source: Source;
  /** SHA-256 of the file. */
  readonly sourceHash: string;
  /** A folder for what a run leaves; emptied before each. */
  readonly folder: string;
  readonly rounds: number;
  /** Told what is being done, a line each. */
  readonly say: (line: string) => void;
}

/** Every contender in every round, in turn. */
export async function benchScenario(scenario: Scenario, parts: BenchParts): Promise<ScenarioResult> {
  const { contenders, source, sourceHash, folder, rounds, say } = parts;
  const bound = fluidBound(scenario, source.bytes);
  const entries = contenders.map(({ name, version, promises, once = false }) => {
    return { name, version, promises, once, rounds: [] as Round[], failures: [] as string[] };
  });
  for (let round = 0; round < rounds; round += 1) {
    for (const [i, contender] of contenders.entries()) {
      if (contender.once && round > 0) continue;
      const label = `${scenario.name}, round ${round + 1}, ${contender.name}`;
      try {
        const result = await runRound(contender, scenario, source, sourceHash, folder);
        entries[i]!.rounds.push(result);
        say(`${label}: ${(lastOf(result) / bound).toFixed(2)} of the bound`);
      } catch (error) {
        entries[i]!.failures.push(messageOf(error));
        say(`${label}: ${messageOf(error)}`);
      }
    }
  }
  return { scenario, bound, entries };
}

/** Rounds with and without churn in turn; one leaf short for whoever shows who holds what. */
export async function benchChurn(scenario: Scenario, parts: BenchParts): Promise<ChurnResult> {
  const { contenders, source, sourceHash, folder, rounds, say } = parts;
  const entries: ChurnEntry[] = [];
  for (const contender of contenders.filter(({ once }) => !once)) {
    const entry = {
      name: contender.name,
      undisturbed: [] as number[],
      rounds: [],
      short: [],
    } as Mutable<ChurnEntry>;
    for (let round = 0; round < rounds; round += 1) {
      const [quiet] = (await benchScenario(scenario, { ...parts, contenders: [contender], rounds: 1 }))
        .entries;
      entry.undisturbed.push(...quiet!.rounds.map(lastOf));
      say(`${contender.name}, churn ${round + 1}`);
      entry.rounds.push(await runChurn(contender, scenario, source, sourceHash, folder));
      if (!contender.showsLeaves) continue;
      say(`${contender.name}, churn one leaf short ${round + 1}`);
      entry.short.push(await untilItCounts(() => runShort(contender, scenario, source, sourceHash, folder)));
    }
    entries.push(entry);
  }
  return { scenario, bound: fluidBound(scenario, source.bytes), leaves: leafCount(source.bytes), entries };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

async function untilItCounts(run: () => Promise<ShortRound>): Promise<ShortRound> {
  let last = await run();
  for (let again = 1; last.void !== undefined && again < SHORT_TRIES; again += 1) last = await run();
  return last;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

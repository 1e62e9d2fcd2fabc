import { median } from '../numbers.ts';
import type { ChurnRound } from './churn.ts';
import type { ShortRound } from './churn-short.ts';
import type { Round } from './measure.ts';
import type { Scenario } from './scenario.ts';

/** All rounds of one contender in one scenario. */
export interface Entry {
  readonly name: string;
  readonly version: string;
  readonly promises: string;
  readonly rounds: readonly Round[];
  /** One for each round that came to nothing, with the reason. */
  readonly failures: readonly string[];
}

export interface ScenarioResult {
  readonly scenario: Scenario;
  /** Seconds. */
  readonly bound: number;
  readonly entries: readonly Entry[];
}

export interface ChurnEntry {
  readonly name: string;
  /** Seconds of the last in rounds without churn, from the same run. */
  readonly undisturbed: readonly number[];
  readonly rounds: readonly ChurnRound[];
  readonly short: readonly ShortRound[];
}

export interface ChurnResult {
  readonly scenario: Scenario;
  readonly bound: number;
  readonly leaves: number;
  readonly entries: readonly ChurnEntry[];
}

export const lastOf = ({ finishes }: { readonly finishes: readonly number[] }): number =>
  Math.max(...finishes);

/** Times by which the last fetcher is slower than the fluid bound: one a round. */
export const ratiosOf = ({ rounds }: Entry, bound: number): number[] =>
  rounds.map((round) => lastOf(round) / bound);

export const medianRatio = (entry: Entry, bound: number): number | undefined =>
  entry.rounds.length === 0 ? undefined : median(ratiosOf(entry, bound));

/** Processor seconds of each fetcher, all rounds together. */
export const fetcherSeconds = ({ rounds }: Entry): number[] =>
  rounds.flatMap(({ usage }) => usage.slice(1).map(({ cpuSeconds }) => cpuSeconds));

export const peakMemory = ({ rounds }: Entry): number =>
  Math.max(...rounds.flatMap(({ usage }) => usage.map((one) => one.peakMemory)));

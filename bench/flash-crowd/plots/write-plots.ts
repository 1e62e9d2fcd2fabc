import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ScenarioResult } from '../results.ts';
import { barPlot } from './bars.ts';
import { progressPlot } from './progress.ts';

/** Who has no swarm would stretch the axis of all others. */
const LONGEST = 4;

/** Bars of all scenarios in `crowd-bars.svg`, and the first scenario's first round in `crowd-progress.svg`. */
export async function writePlots(
  folder: string,
  results: readonly ScenarioResult[],
  bytes: number,
): Promise<void> {
  await writeFile(path.join(folder, 'crowd-bars.svg'), barPlot(results));
  const { bound, entries } = results[0]!;
  const panels = entries.flatMap(({ name, rounds }) =>
    rounds.slice(0, 1).map(({ progress }) => ({ name, progress })),
  );
  const short = panels.filter(({ progress }) => progress.at.at(-1)! <= LONGEST * bound);
  const shown = short.length > 0 ? short : panels;
  if (shown.length > 0)
    await writeFile(path.join(folder, 'crowd-progress.svg'), progressPlot(shown, bytes, bound));
}

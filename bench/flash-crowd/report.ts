import type { Machine } from '../machine.ts';
import { mebibytes, median } from '../numbers.ts';
import { table } from '../table.ts';
import {
  type ChurnEntry,
  type ChurnResult,
  type Entry,
  fetcherSeconds,
  lastOf,
  medianRatio,
  peakMemory,
  ratiosOf,
  type ScenarioResult,
} from './results.ts';

export const machineLine = ({
  date,
  cpu,
  cores,
  memory,
  kernel,
  node,
  fileSystem,
  congestion,
}: Machine): string =>
  `${date}: ${cpu}, ${cores} cores, ${mebibytes(memory)}, ${kernel}, ${fileSystem}, TCP ${congestion}, Node ${node}.\n`;

export function scenarioReport({ scenario, bound, entries }: ScenarioResult, bytes: number): string {
  const [up, ...others] = scenario.up.map((rate) => rate / 1e6);
  const links = [...new Set(others)].sort((a, b) => a - b).join(' or ');
  return [
    `**${scenario.name}**: ${mebibytes(bytes)}, the seed sends ${up} Mbit/s, the others ${links}, all receive ${scenario.down / 1e6}; ` +
      `the bound is ${bound.toFixed(2)} s.`,
    '',
    table(
      [
        '',
        'to the bound',
        'from - to',
        'last, s',
        'seed sent',
        'CPU s a fetcher',
        'peak memory',
        'ends with',
      ],
      entries.map((entry) => row(entry, bound)),
    ),
    ...entries.flatMap(({ name, failures }) =>
      failures.map((reason) => `\n${name} came to nothing once: ${reason}`),
    ),
    '',
  ].join('\n');
}

function row(entry: Entry, bound: number): string[] {
  const name = `${entry.name} (${entry.version})`;
  const ratio = medianRatio(entry, bound);
  if (ratio === undefined) return [name, 'not done', '-', '-', '-', '-', '-', entry.promises];
  const ratios = ratiosOf(entry, bound);
  const cpu = fetcherSeconds(entry);
  return [
    name,
    `**${ratio.toFixed(2)}**`,
    `${Math.min(...ratios).toFixed(2)} - ${Math.max(...ratios).toFixed(2)}`,
    median(entry.rounds.map(lastOf)).toFixed(1),
    `${median(entry.rounds.map(({ seedSent }) => seedSent)).toFixed(2)} files`,
    `${median(cpu).toFixed(2)}, at most ${Math.max(...cpu).toFixed(2)}`,
    mebibytes(peakMemory(entry)),
    entry.promises,
  ];
}

export function churnReport({ scenario, entries, leaves }: ChurnResult): string {
  return [
    `**Churn**, ${scenario.name}: two are killed at half way, and the seed's host with its registry or tracker when the others together ` +
      'hold every leaf (where that cannot be seen: when it has sent 1.1 times the file).',
    '',
    ...entries.flatMap((entry) => churnLines(entry, leaves)),
    '',
  ].join('\n');
}

function churnLines({ name, undisturbed, rounds, short }: ChurnEntry, leaves: number): string[] {
  const base = undisturbed.length > 0 ? median(undisturbed) : undefined;
  return [
    ...rounds.map((round) => {
      if (round.void) return `- ${name}: void, ${round.void}`;
      const { finishes, survivors, victims, seed } = round;
      const killed = `two killed at ${victims!.at.toFixed(1)} s, the seed at ${seed!.at.toFixed(1)} s`;
      if (finishes.length < survivors)
        return `- ${name}: ${killed}; **${survivors - finishes.length} of ${survivors} never finished**`;
      const last = lastOf(round);
      const times =
        base === undefined
          ? ''
          : `, **${(last / base).toFixed(2)}** times the ${base.toFixed(1)} s without churn`;
      return `- ${name}: ${killed}; all ${survivors} others finished by ${last.toFixed(1)} s${times}`;
    }),
    ...short.map((round) => {
      if (round.void) return `- ${name}, one leaf short: void, ${round.void}`;
      const reached =
        round.settledAfter === undefined
          ? 'they did not all reach what they had together within 60 s'
          : `all had the rest ${round.settledAfter.toFixed(1)} s later`;
      const back =
        round.finishedAfter === undefined
          ? `**${round.survivors - round.finished} of ${round.survivors} did not finish** when the seed was back`
          : `all finished ${round.finishedAfter.toFixed(1)} s after the seed's return`;
      const said = `a job said "${round.said}", which ${round.namedSeed ? 'names' : 'does not name'} the seed`;
      return `- ${name}, ${round.missing} of ${leaves} leaves short: ${reached}; ${said}; ${back}`;
    }),
  ];
}

import type { Command } from 'commander';
import { PeerdexError } from '../../core/errors.ts';
import type { FoundContent } from '../../protocol/http/local/index-rows.ts';
import { openDaemon } from '../daemon.ts';
import type { Invocation } from '../invocation.ts';
import { readFlag } from '../operands.ts';
import { heldBy } from '../output/held-by.ts';
import { examples } from '../output/help.ts';
import { highlight } from '../output/highlight.ts';
import { humanCount, humanSize, humanTime } from '../output/human.ts';
import { table } from '../output/table.ts';
import { parseMoment, parseSize } from '../units.ts';

const DEFAULT_LIMIT = 50;

export function define(command: Command): void {
  command
    .argument(
      '<words...>',
      "parts of a file's name, in any order; case and accents do not matter; names of folders are not searched",
    )
    .option('--limit <n>', `most results, 1 to 10000 (default ${DEFAULT_LIMIT})`)
    .option('--min-size <size>', 'files of this size or more: 500MB, 1.5GiB')
    .option('--max-size <size>', 'files of this size or less')
    .option('--newer <time>', 'modified in this time, or since a day: 7d, 12h, 2024-01-31')
    .option('--older <time>', 'modified before that')
    .option('--ext <list>', 'with one of these extensions: pdf,epub')
    .option('--peer <peer>', 'only files that this peer holds');
  examples(command, [
    ['find holiday 2024'],
    ['find .iso --limit 5 --json'],
    ['find report --ext pdf,docx --newer 7d', 'of the last week'],
    ['find backup --min-size 1.5GiB --peer seed', 'large ones of one peer'],
  ]);
}

export async function run(invocation: Invocation): Promise<undefined> {
  const { output, args, flags } = invocation;
  const query = readQuery(args, flags);
  const client = await openDaemon(invocation);
  const answer = await client.find({ query });
  output.answer(answer);
  if (answer.live) output.note(askedOthers(answer.live));
  if (answer.results.length === 0) {
    output.note(nothing(flags));
    if (args.some((arg) => arg.includes('*')))
      output.note('hint: * is a letter like others here; `peerdex get` takes patterns');
    return;
  }
  const words = args.flatMap((arg) => arg.split(/\s+/)).filter(Boolean);
  const columns = [
    {
      title: 'NAME',
      shrinks: 32,
      style: (cell: string, path: string) =>
        highlight(path, words, (match) => output.style(['bold', 'green'], match), cell),
    },
    { title: 'SIZE', align: 'right' as const },
    { title: 'MODIFIED', spare: 1 },
    { title: 'HELD BY', shrinks: true },
  ];
  for (const line of table(columns, answer.results.map(row), output.width)) output.say(line);
  const { total, more, results } = answer;
  if (total > results.length || more) {
    output.note(
      `${results.length} of ${more ? 'more than ' : ''}${humanCount(total, 'result')}; --limit shows more`,
    );
  }
}

const askedOthers = ({ missing, asked, answered }: { missing: number; asked: number; answered: number }) =>
  `${humanCount(missing, 'peer')} not in the index here: ${answered} of ${humanCount(asked, 'other')} that were asked answered`;

const row = (found: FoundContent): string[] => [
  found.path,
  humanSize(found.size),
  humanTime(found.modified),
  heldBy(found),
];

const FILTERS = ['minSize', 'maxSize', 'newer', 'older', 'ext', 'peer'];

const nothing = (flags: Invocation['flags']): string =>
  FILTERS.some((name) => flags[name] !== undefined)
    ? 'no file has this in its name and fits the filters'
    : 'no file has this in its name';

function readQuery(args: readonly string[], flags: Invocation['flags']) {
  const now = Date.now();
  return {
    words: args.join(' '),
    limit: read('--limit', flags.limit, readLimit) ?? DEFAULT_LIMIT,
    minSize: read('--min-size', flags.minSize, parseSize),
    maxSize: read('--max-size', flags.maxSize, parseSize),
    newer: read('--newer', flags.newer, (text) => new Date(parseMoment(text, now)).toISOString()),
    older: read('--older', flags.older, (text) => new Date(parseMoment(text, now)).toISOString()),
    ext: read('--ext', flags.ext, (text) => text),
    peer: read('--peer', flags.peer, (text) => text),
  };
}

const read = <T>(flag: string, text: unknown, as: (text: string) => T): T | undefined =>
  text === undefined ? undefined : readFlag(flag, String(text), as);

function readLimit(text: string): number {
  const limit = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= 10_000) return limit;
  throw new PeerdexError('usage', 'a whole number from 1 to 10000 is wanted');
}

import type { Command } from 'commander';
import { PeerdexError } from '../../core/errors.ts';
import type { FoundContent } from '../../protocol/http/local/answers.ts';
import { openDaemon } from '../daemon.ts';
import type { Invocation } from '../invocation.ts';
import { examples } from '../output/help.ts';
import { highlight } from '../output/highlight.ts';
import { humanCount, humanSize, humanTime } from '../output/human.ts';
import { table } from '../output/table.ts';

const DEFAULT_LIMIT = 50;

export function define(command: Command): void {
  command
    .argument(
      '<words...>',
      "parts of a file's name, in any order; case and accents do not matter; names of folders are not searched",
    )
    .option('--limit <n>', `most results, 1 to 10000 (default ${DEFAULT_LIMIT})`);
  examples(command, [['find holiday 2024'], ['find .iso --limit 5 --json']]);
}

export async function run(invocation: Invocation): Promise<undefined> {
  const { output, args, flags } = invocation;
  const limit = readLimit(flags.limit);
  const client = await openDaemon(invocation);
  const answer = await client.find({ query: { words: args.join(' '), limit } });
  output.answer(answer);
  if (answer.live) output.note(askedOthers(answer.live));
  if (answer.results.length === 0) return void output.note('no file has this in its name');
  const words = args.flatMap((arg) => arg.split(/\s+/)).filter(Boolean);
  const columns = [
    {
      title: 'NAME',
      shrinks: true,
      style: (cell: string) => highlight(cell, words, (match) => output.style(['bold', 'green'], match)),
    },
    { title: 'SIZE', align: 'right' as const },
    { title: 'MODIFIED' },
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

const row = ({ path, size, modified, holders }: FoundContent): string[] => [
  path,
  humanSize(size),
  humanTime(modified),
  [...new Set(holders.map(({ name, self }) => (self ? `${name} (this one)` : name)))].join(', '),
];

function readLimit(text: unknown): number {
  if (text === undefined) return DEFAULT_LIMIT;
  const limit = /^\d{1,5}$/.test(String(text)) ? Number(text) : 0;
  if (limit >= 1 && limit <= 10_000) return limit;
  throw new PeerdexError('usage', '--limit: a whole number from 1 to 10000 is wanted');
}

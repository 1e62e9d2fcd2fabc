import type { Command } from 'commander';
import type { JobWhy } from '../../protocol/http/local/job-why.ts';
import { openDaemon } from '../daemon.ts';
import type { Invocation } from '../invocation.ts';
import { jobOperand } from '../operands.ts';
import { escapeText } from '../output/escape.ts';
import { examples } from '../output/help.ts';
import { humanRate, humanSize } from '../output/human.ts';
import { indented, jobLines } from '../output/job-lines.ts';
import { type Column, table } from '../output/table.ts';

const COLUMNS: readonly Column[] = [
  { title: 'SOURCE', shrinks: true },
  { title: 'GAVE', align: 'right' },
  { title: 'RATE', align: 'right' },
  { title: 'ASKED FOR', align: 'right' },
  { title: 'NOT ON DISK', align: 'right', spare: 1 },
  { title: 'SILENT', align: 'right', spare: 2 },
];

export function define(command: Command): void {
  command.argument('<job>', 'its id, as `peerdex jobs` lists it');
  examples(command, [
    ['why 49ufk29x'],
    ['why 49ufk29x --json', 'with what every source does at this moment'],
  ]);
}

export async function run(invocation: Invocation): Promise<undefined> {
  const { output, args } = invocation;
  const answer = await (await openDaemon(invocation)).why({ params: { job: jobOperand(args[0]!) } });
  output.answer(answer);
  for (const line of whyLines(answer, output.width)) output.say(line);
}

export function whyLines({ job, causes, files }: JobWhy, width: number | undefined): string[] {
  const texts = causes.flatMap(({ text }) => indented(text, width));
  return [...jobLines([job], width), '', ...texts, ...files.flatMap((file) => fileLines(file, width))];
}

function fileLines({ path, sources }: JobWhy['files'][number], width: number | undefined): string[] {
  if (sources.length === 0) return [];
  const rows = sources.map(({ name, bytes, rate, asked, writing, silent }) => [
    name,
    humanSize(bytes),
    humanRate(rate),
    humanSize(asked),
    humanSize(writing),
    silent >= 1 ? `${Math.round(silent)} s` : '',
  ]);
  return ['', escapeText(path), ...table(COLUMNS, rows, width)];
}

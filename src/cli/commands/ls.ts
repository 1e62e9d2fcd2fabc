import type { Command } from 'commander';
import { openDaemon } from '../daemon.ts';
import type { Invocation } from '../invocation.ts';
import { examples } from '../output/help.ts';
import { humanSize, humanTime } from '../output/human.ts';
import { type Column, table } from '../output/table.ts';

export function define(command: Command): void {
  command.argument('[where]', 'PEER or PEER:PATH; without it the peers');
  examples(command, [
    ['ls', 'every peer'],
    ['ls seed', 'what the peer seed shares'],
    ['ls seed:music/live', 'a folder of it'],
  ]);
}

const COLUMNS: readonly Column[] = [
  { title: 'NAME', shrinks: 32 },
  { title: 'SIZE', align: 'right' },
  { title: 'MODIFIED', spare: 1 },
];

export async function run(invocation: Invocation): Promise<undefined> {
  const { output, args } = invocation;
  const client = await openDaemon(invocation);
  const answer = await client.ls({ query: args[0] === undefined ? {} : { where: args[0] } });
  output.answer(answer);
  const rows = answer.entries.map(({ name, kind, size, modified }) => [
    kind === 'folder' ? `${name}/` : kind === 'peer' ? `${name}:` : name,
    kind === 'folder' ? '' : humanSize(size),
    humanTime(modified),
  ]);
  if (rows.length === 0) output.note('nothing there');
  else for (const line of table(COLUMNS, rows, output.width)) output.say(line);
}

import type { Command } from 'commander';
import { openDaemon } from '../daemon.ts';
import type { Invocation } from '../invocation.ts';
import { examples } from '../output/help.ts';
import { humanSize, humanTime } from '../output/human.ts';
import { type Column, table } from '../output/table.ts';

export function define(command: Command): void {
  examples(command, [['peers']]);
}

const COLUMNS: readonly Column[] = [
  { title: 'NAME', shrinks: true },
  { title: 'ADDRESS', shrinks: true },
  { title: 'FILES', align: 'right' },
  { title: 'SIZE', align: 'right' },
  { title: 'SINCE', spare: 1 },
  { title: 'ID', beginning: 8 },
];

export async function run(invocation: Invocation): Promise<undefined> {
  const { output } = invocation;
  const answer = await (await openDaemon(invocation)).peers();
  output.answer(answer);
  const rows = answer.peers.map((peer) => [
    peer.self ? `${peer.name} (this one)` : peer.name,
    peer.address,
    String(peer.files),
    humanSize(peer.bytes),
    humanTime(peer.since),
    peer.id,
  ]);
  for (const line of table(COLUMNS, rows, output.width)) output.say(line);
}

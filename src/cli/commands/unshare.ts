import path from 'node:path';
import type { Command } from 'commander';
import { openDaemon } from '../daemon.ts';
import type { Invocation } from '../invocation.ts';
import { escapeText } from '../output/escape.ts';
import { examples } from '../output/help.ts';

export function define(command: Command): void {
  command.argument('<dir>', 'the folder; its files stay where they are');
  examples(command, [['unshare ~/Music']]);
}

export async function run(invocation: Invocation): Promise<undefined> {
  const { output, args, cwd } = invocation;
  const client = await openDaemon(invocation);
  const answer = await client.unshare({ query: { path: path.resolve(cwd, args[0]!) } });
  output.answer(answer);
  output.say(`${escapeText(answer.path)} is no longer shared; its files stay where they are`);
}

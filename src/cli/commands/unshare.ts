import type { Command } from 'commander';
import { openDaemon } from '../daemon.ts';
import type { Invocation } from '../invocation.ts';
import { operandPath } from '../operands.ts';
import { escapeText } from '../output/escape.ts';
import { examples } from '../output/help.ts';

export function define(command: Command): void {
  command.argument('<dir>', 'the folder; its files stay where they are');
  examples(command, [['unshare ~/Music']]);
}

export async function run(invocation: Invocation): Promise<undefined> {
  const { output, args, cwd } = invocation;
  const query = { path: operandPath(args[0]!, cwd) };
  const client = await openDaemon(invocation);
  const answer = await client.unshare({ query });
  output.answer(answer);
  output.say(`${escapeText(answer.path)} is no longer shared; its files stay where they are`);
}

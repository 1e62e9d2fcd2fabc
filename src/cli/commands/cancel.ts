import type { Command } from 'commander';
import { openDaemon } from '../daemon.ts';
import type { Invocation } from '../invocation.ts';
import { jobOperand } from '../operands.ts';
import { examples } from '../output/help.ts';
import { jobLines } from '../output/job-lines.ts';

export function define(command: Command): void {
  command.argument('<job>', 'its id, as `peerdex jobs` lists it');
  examples(command, [['cancel 49ufk29x']]);
}

export async function run(invocation: Invocation): Promise<undefined> {
  const { output, args } = invocation;
  const job = await (await openDaemon(invocation)).cancel({ params: { job: jobOperand(args[0]!) } });
  output.answer(job);
  for (const line of jobLines([job], output.width)) output.say(line);
}

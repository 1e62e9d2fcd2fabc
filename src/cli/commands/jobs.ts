import type { Command } from 'commander';
import { openDaemon } from '../daemon.ts';
import type { Invocation } from '../invocation.ts';
import { examples } from '../output/help.ts';
import { jobLines } from '../output/job-lines.ts';

export function define(command: Command): void {
  examples(command, [['jobs'], ['jobs --json']]);
}

export async function run(invocation: Invocation): Promise<undefined> {
  const { output } = invocation;
  const answer = await (await openDaemon(invocation)).jobs();
  output.answer(answer);
  if (answer.jobs.length === 0) output.note('no downloads');
  else for (const line of jobLines(answer.jobs, output.width)) output.say(line);
}

import type { Command } from 'commander';
import type { Invocation } from '../invocation.ts';
import { escapeText } from '../output/escape.ts';
import { examples } from '../output/help.ts';
import { openCare } from '../registry-care.ts';

export function define(command: Command): void {
  command.argument('<peer>', 'its name, its id, or the first 6 or more digits of its id');
  examples(command, [
    ['registry revoke old-laptop', 'it is out, and the link that it came by admits nobody more'],
    ['registry revoke 3fa2b8c1'],
  ]);
}

export async function run(invocation: Invocation): Promise<undefined> {
  const { output, args } = invocation;
  using care = await openCare(invocation);
  const answer = await care.revoke({ peer: args[0]! });
  output.answer(answer);
  const who = answer.name === null ? answer.peer : `${escapeText(answer.name)} (${answer.peer})`;
  if (answer.already) return void output.say(`${who} was revoked before`);
  output.say(`${who} is no member any more`);
  if (answer.withdrawn.length > 0) {
    const links =
      answer.withdrawn.length === 1 ? 'the link that it came by admits' : 'the links that it came by admit';
    output.say(`${links} nobody more; who else came by it stays: ${answer.withdrawn.join(', ')}`);
  }
  if (answer.link !== null) output.say(`the registry's own link is now ${answer.link}`);
}

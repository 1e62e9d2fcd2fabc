import { homedir } from 'node:os';
import type { Command } from 'commander';
import { realPathOf } from '../../app/real-paths.ts';
import { AS_LONG_AS_IT_TAKES, type LocalClient, openDaemon } from '../daemon.ts';
import type { Invocation } from '../invocation.ts';
import { operandPath } from '../operands.ts';
import { escapeText } from '../output/escape.ts';
import { examples } from '../output/help.ts';
import { humanCount, humanSize } from '../output/human.ts';
import { whileWaiting } from '../output/while-waiting.ts';

export function define(command: Command): void {
  command.argument('<dir>', 'the folder');
  examples(command, [['share ~/Music', 'from now on, also after a restart']]);
}

export async function run(invocation: Invocation): Promise<undefined> {
  const { output, args, cwd } = invocation;
  const body = { path: operandPath(args[0]!, cwd) };
  const client = await openDaemon(invocation);
  const answer = await whileWaiting(
    output,
    'it is looked through and hashed first: `peerdex status` shows how far that is, and Ctrl-C ends only the wait',
    client.share({ body }, { timeoutMs: AS_LONG_AS_IT_TAKES }),
  );
  output.answer(answer);
  const { name, files, bytes } = answer;
  output.say(
    `${escapeText(answer.path)} is shared as ${escapeText(name)}: ${humanCount(files, 'file')}, ${humanSize(bytes)}`,
  );
  if (output.json) return;
  for (const warning of await warningsOf(client, answer.path)) output.note(`warning: ${escapeText(warning)}`);
}

/** What is not shared of it, and what may not have been meant. */
async function warningsOf(client: LocalClient, path: string): Promise<readonly string[]> {
  // It is shared by now, whatever becomes of this question.
  const status = await client.status().catch(() => undefined);
  const found = status?.shares.find((share) => share.path === path)?.warnings ?? [];
  if (!`${realPathOf(homedir())}/`.startsWith(`${path}/`)) return found;
  return [`this is your whole home folder, which every member of the network can read now`, ...found];
}

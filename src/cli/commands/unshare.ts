import type { Command } from 'commander';
import { PeerdexError } from '../../core/errors.ts';
import { AS_LONG_AS_IT_TAKES, type LocalClient, openDaemon } from '../daemon.ts';
import type { Invocation } from '../invocation.ts';
import { operandPath } from '../operands.ts';
import { escapeText } from '../output/escape.ts';
import { examples } from '../output/help.ts';
import { whileWaiting } from '../output/while-waiting.ts';

export function define(command: Command): void {
  command.argument('<dir>', 'the folder, or the name that its share has; its files stay where they are');
  examples(command, [['unshare ~/Music'], ['unshare Music', 'by name, from any folder']]);
}

export async function run(invocation: Invocation): Promise<undefined> {
  const { output, args, cwd } = invocation;
  const path = operandPath(args[0]!, cwd);
  const client = await openDaemon(invocation);
  const answer = await whileWaiting(
    output,
    'its entries are taken out of the index: Ctrl-C ends only the wait',
    unshare(client, path).catch(async (error: unknown) => {
      if (!(error instanceof PeerdexError) || error.code !== 'not-found') throw error;
      const named = await pathOfShare(client, args[0]!);
      if (named === undefined) throw error;
      return unshare(client, named);
    }),
  );
  output.answer(answer);
  output.say(`${escapeText(answer.path)} is no longer shared; its files stay where they are`);
}

const unshare = (client: LocalClient, path: string) =>
  client.unshare({ query: { path } }, { timeoutMs: AS_LONG_AS_IT_TAKES });

async function pathOfShare(client: LocalClient, name: string): Promise<string | undefined> {
  const { shares } = await client.status();
  return shares.find((share) => share.name === name.normalize('NFC'))?.path;
}

import type { Command } from 'commander';
import { AS_LONG_AS_IT_TAKES, openDaemon } from '../daemon.ts';
import type { Invocation } from '../invocation.ts';
import { examples } from '../output/help.ts';
import { humanSeconds } from '../output/human.ts';
import { whileWaiting } from '../output/while-waiting.ts';

export function define(command: Command): void {
  examples(command, [['rescan', 'returns when all that changed is announced']]);
}

export async function run(invocation: Invocation): Promise<undefined> {
  const { output } = invocation;
  const client = await openDaemon(invocation);
  const answer = await whileWaiting(
    output,
    'all shares are looked through: `peerdex status` shows how far that is, and Ctrl-C ends only the wait',
    client.rescan(undefined, { timeoutMs: AS_LONG_AS_IT_TAKES }),
  );
  output.answer(answer);
  const { added, changed, deleted, seconds } = answer;
  output.say(`${added} added, ${changed} changed, ${deleted} deleted, in ${humanSeconds(seconds)}`);
}

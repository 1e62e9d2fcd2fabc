import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { findDaemon } from '../daemon.ts';
import { peerFolder } from '../data-folders.ts';
import type { Invocation } from '../invocation.ts';
import { examples } from '../output/help.ts';

/** How long the daemon may take to end after it left, so that `leave && up` finds the folder free. */
const END_TIMEOUT_MS = 10_000;

export function define(command: Command): void {
  examples(command, [['leave', 'key, shares and link stay: `peerdex up` registers again']]);
}

export async function run(invocation: Invocation): Promise<undefined> {
  const { output } = invocation;
  const { client, isUp } = await findDaemon(peerFolder(invocation), output);
  const answer = await client.leave();
  const deadline = performance.now() + END_TIMEOUT_MS;
  while ((await isUp()) && performance.now() < deadline) await sleep(50);
  output.answer(answer);
  output.say('left the network and stopped the daemon; `peerdex up` registers again');
}

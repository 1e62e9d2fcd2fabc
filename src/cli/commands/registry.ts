import type { Command } from 'commander';
import { createLog } from '../../app/log.ts';
import { startRegistry } from '../../app/registry.ts';
import { logSettings } from '../daemons/log-settings.ts';
import { registrySettings } from '../daemons/registry-settings.ts';
import { runDaemon } from '../daemons/run-daemon.ts';
import { PLAINTEXT_NOTE, showRegistry } from '../daemons/screens.ts';
import { registryFolder } from '../data-folders.ts';
import { advertiseFlag } from '../flags.ts';
import type { Invocation } from '../invocation.ts';
import { examples } from '../output/help.ts';

export function define(command: Command): void {
  command
    .option('--listen <[host]:port>', 'where to listen (default :23475, all interfaces; port 0: a free one)')
    .option('--lease <seconds>', 'how long a peer counts as active without renewing (default 90)')
    .option('--store <url>', 'where the directory is kept (default and only one: sqlite, in the data folder)')
    .option('--metrics <[host]:port>', 'where to tell metrics and health over HTTP, without a token')
    .option(
      '--plaintext',
      'a network without encryption, for wires that are trusted already; settled at the first start',
    );
  advertiseFlag(command);
  examples(command, [
    ['registry', 'prints the join link when it is ready'],
    ['registry --listen :9000 --advertise files.example.org'],
    ['registry peers', 'whom it knows'],
  ]);
}

export async function run(invocation: Invocation): Promise<number> {
  const { output } = invocation;
  const data = registryFolder(invocation);
  const settings = registrySettings(invocation, data);
  const log = createLog(logSettings(invocation, data));
  return await runDaemon(
    () => startRegistry({ ...settings, log }),
    (registry) => {
      showRegistry(output, registry);
      output.say();
      if (registry.mode === 'plaintext') output.say(PLAINTEXT_NOTE);
      output.say('A peer joins with `peerdex up --join LINK`. Ctrl-C ends the registry.');
      output.say();
    },
  );
}

import type { Command } from 'commander';
import { PeerdexError } from '../../core/errors.ts';
import { openDaemon } from '../daemon.ts';
import type { Invocation } from '../invocation.ts';
import { followMirror } from '../mirror/follow-mirror.ts';
import { reportMirror } from '../mirror/report-mirror.ts';
import { nonEmpty, operandPath } from '../operands.ts';
import { examples } from '../output/help.ts';

export function define(command: Command): void {
  command
    .argument('<what>', 'a folder PEER:PATH/, or a pattern with * or **')
    .requiredOption('--to <dir>', 'the folder that is kept equal to it')
    .option('--delete', 'remove what its holders delete; only what the mirror itself has brought')
    .option('--delete-all', 'with --delete: also more than half of it, or all, without asking')
    .option('--once', 'end when all is equal');
  examples(command, [
    [
      'mirror seed:music/live/ --to ~/live',
      'until Ctrl-C, which pauses it; a client that is killed leaves it running',
    ],
    ['mirror seed:music/live/ --to ~/live --delete --once', 'makes it equal once, for scripts'],
    ["mirror 'seed:models/**/*.bin' --to /srv/models --delete", 'all that fit a pattern'],
  ]);
}

export async function run(invocation: Invocation): Promise<number> {
  const { args, flags, cwd, output } = invocation;
  const what = nonEmpty(args[0]!, 'a folder or a pattern');
  if (flags.deleteAll === true && flags.delete !== true) {
    throw new PeerdexError('usage', '--delete-all goes with --delete', {
      hint: 'without --delete nothing is ever removed',
    });
  }
  const request = {
    what,
    to: operandPath(String(flags.to), cwd),
    ...(flags.delete === true ? { delete: true } : {}),
    ...(flags.deleteAll === true ? { deleteAll: true } : {}),
    ...(flags.once === true ? { once: true } : {}),
  };
  return await followMirror(await openDaemon(invocation), request, reportMirror(output));
}

import type { Command } from 'commander';
import { backupRegistry } from '../../app/registry-backup.ts';
import { registryFolder } from '../data-folders.ts';
import type { Invocation } from '../invocation.ts';
import { operandPath } from '../operands.ts';
import { escapeText } from '../output/escape.ts';
import { examples } from '../output/help.ts';
import { humanSize } from '../output/human.ts';
import { readPassphrase } from '../passphrase.ts';

const CLEAR_WARNING =
  'warning: this backup is not encrypted: whoever has the file can run the network. Keep it as you would a key, ' +
  'or give a passphrase in PEERDEX_PASSPHRASE or on standard input';

export function define(command: Command): void {
  command
    .option('-o, --output <file>', 'the file to make (default peerdex-registry-DATE.backup in this folder)')
    .option('--overwrite', 'replace the file if it is there');
  examples(command, [
    ['registry backup -o network.backup', 'asks for a passphrase; the registry may run'],
    ['registry backup -o network.backup < passphrase.txt', 'or takes it from PEERDEX_PASSPHRASE'],
  ]);
}

export async function run(invocation: Invocation): Promise<undefined> {
  const { output, flags, cwd } = invocation;
  const name = flags.output ?? `peerdex-registry-${new Date().toISOString().slice(0, 10)}.backup`;
  const file = operandPath(String(name), cwd);
  const passphrase = await readPassphrase(invocation, { twice: true });
  const overwrite = flags.overwrite === true;
  const made = backupRegistry(registryFolder(invocation), file, { passphrase, overwrite });
  output.answer({ file, ...made });
  output.say(
    `the key and the members of network ${made.network} are in ${escapeText(file)} (${humanSize(made.bytes)}${made.encrypted ? ', encrypted' : ''})`,
  );
  if (!made.encrypted) process.stderr.write(`${CLEAR_WARNING}\n`);
}

import type { Command } from 'commander';
import { inspectBackup } from '../../app/backup-file.ts';
import { readBackupFile, restoreRegistry } from '../../app/registry-backup.ts';
import { registryFolder } from '../data-folders.ts';
import type { Invocation } from '../invocation.ts';
import { operandPath } from '../operands.ts';
import { escapeText } from '../output/escape.ts';
import { examples } from '../output/help.ts';
import { readPassphrase } from '../passphrase.ts';

export function define(command: Command): void {
  command.argument('<file>', 'what `peerdex registry backup` made');
  examples(command, [
    ['registry restore network.backup', 'into an empty data folder; asks for the passphrase'],
    ['registry restore network.backup --data /srv/registry'],
  ]);
}

export async function run(invocation: Invocation): Promise<undefined> {
  const { output, args, cwd } = invocation;
  const file = operandPath(args[0]!, cwd);
  const data = registryFolder(invocation);
  const { encrypted } = inspectBackup(readBackupFile(file));
  const passphrase = encrypted ? await readPassphrase(invocation, { twice: false }) : undefined;
  const { network } = restoreRegistry(file, data, passphrase);
  output.answer({ network, data });
  output.say(`network ${network} is restored in ${escapeText(data)}; \`peerdex registry\` runs it`);
  output.note(
    'peers find it when it runs at an address of their join links; never run the old one beside it',
  );
}

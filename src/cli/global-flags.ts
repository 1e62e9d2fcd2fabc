import { type Command, CommanderError } from 'commander';
import { VERSION } from '../app/version.ts';
import { commonFlags } from './flags.ts';

/** The flags that every command takes. */
export function globalFlags(command: Command): Command {
  return commonFlags(command)
    .option('--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .on('option:version', () => {
      process.stdout.write(`${VERSION}\n`);
      throw new CommanderError(0, 'commander.version', 'version');
    });
}

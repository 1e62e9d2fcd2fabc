import { type Command, CommanderError } from 'commander';
import { VERSION } from '../app/version.ts';

/** The flags that every command takes. */
export function globalFlags(command: Command): Command {
  return command
    .option('--data <dir>', 'data folder of the registry or peer')
    .option('--json', 'answer in JSON lines')
    .option('--log-level <level>', 'debug, info, warn or error')
    .option('--log-format <format>', 'text or json')
    .option('--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .on('option:version', () => {
      process.stdout.write(`${VERSION}\n`);
      throw new CommanderError(0, 'commander.version', 'version');
    });
}

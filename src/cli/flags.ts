import type { CommandShape } from './command-shape.ts';

/** Flags that every command takes, besides `--version` and `--help`. */
export function commonFlags<Shape extends CommandShape>(command: Shape): Shape {
  return command
    .option('--data <dir>', 'data folder of the registry or peer')
    .option('--json', 'answer in JSON lines')
    .option('--log-level <level>', 'debug, info, warn or error')
    .option('--log-format <format>', 'text or json');
}

/** Of commands whose daemon others dial. */
export function advertiseFlag(command: CommandShape): void {
  command.option(
    '--advertise <host[:port]>',
    'what others are told; may be given several times (default: the addresses listened on)',
    (value: string, before: string[] = []) => [...before, value],
  );
}

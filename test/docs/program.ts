import type { Command } from 'commander';
import { COMMANDS, type CommandEntry } from '../../src/cli/commands.ts';
import { describeCommand } from '../../src/cli/completion/command-line.ts';

/** Flags by command (`registry invite`), as the program has them; those of plain `peerdex` under the empty name. */
export async function programFlags(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const flags = new Map<string, ReadonlySet<string>>();
  const add = async (entries: readonly CommandEntry[], before: string): Promise<void> => {
    for (const entry of entries) {
      const name = `${before}${entry.name}`;
      flags.set(name, flagsOf(await describeCommand(entry)));
      await add(entry.children ?? [], `${name} `);
    }
  };
  await add(COMMANDS, '');
  flags.set('', new Set(['--data', '--json', '--log-level', '--log-format', '--version', '--help', '-h']));
  return flags;
}

const flagsOf = (command: Command): ReadonlySet<string> =>
  new Set([
    '--help',
    '-h',
    ...command.options.flatMap(({ long, short }) => [long, short]).filter((one) => one != null),
  ]);

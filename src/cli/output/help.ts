import type { Command } from 'commander';

/** Puts examples below the help of a command. Each: the command line after `peerdex `, and what it does. */
export function examples(command: Command, lines: readonly (readonly [line: string, does?: string])[]): void {
  const widest = Math.max(...lines.map(([line]) => line.length));
  const rows = lines.map(([line, does]) => `  $ peerdex ${does ? `${line.padEnd(widest)}   ${does}` : line}`);
  command.addHelpText('after', `\n${lines.length === 1 ? 'Example' : 'Examples'}:\n${rows.join('\n')}`);
}

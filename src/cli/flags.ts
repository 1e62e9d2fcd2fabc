import type { Command } from 'commander';

/** Flags that more than one command has. */
export function advertiseFlag(command: Command): void {
  command.option(
    '--advertise <host[:port]>',
    'what others are told; may be given several times (default: the addresses listened on)',
    (value: string, before: string[] = []) => [...before, value],
  );
}

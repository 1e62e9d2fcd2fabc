import type { Command } from 'commander';
import type { Output } from './output/output.ts';
import type { SettingSources } from './settings/read-setting.ts';

/** What one call of a command is made of. */
export interface Invocation {
  /** Operands, without flags. */
  readonly args: readonly string[];
  /** Flags by camel-cased long name, those before the command's name among them. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly output: Output;
}

/** What a file in commands/ exports. */
export interface CommandModule {
  /** Arguments, flags and an example. */
  define(command: Command): void;
  /** Gives the exit code; nothing is 0. What it throws decides the exit code by its error code. */
  run(invocation: Invocation): Promise<number | undefined>;
}

/** `data`: the folder whose config.json counts, or none. */
export function sourcesOf({ flags, environment, cwd }: Invocation, data?: string): SettingSources {
  return { flags, environment, cwd, data };
}

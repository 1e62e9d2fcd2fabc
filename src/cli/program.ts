import { COMMANDS } from './commands.ts';
import { EXIT_DONE } from './exit-codes.ts';
import { createOutput } from './output/output.ts';
import { type ReadLine, readPlainLine } from './plain-line.ts';

/**
 * Parses one command line and runs its command. Only the module of the command that is called is loaded. Resolves with the
 * exit code; throws `usage` for what cannot be parsed, and what the command throws.
 */
export async function runProgram(argv: readonly string[]): Promise<number> {
  const plain = await readPlainLine(COMMANDS, argv);
  if (plain) return call(plain);
  const { readWholeLine } = await import('./whole-line.ts');
  return readWholeLine(argv, call);
}

async function call({ module, args, flags }: ReadLine): Promise<number> {
  const output = createOutput(flags.json === true);
  const { env: environment } = process;
  return (await module.run({ args, flags, environment, cwd: process.cwd(), output })) ?? EXIT_DONE;
}

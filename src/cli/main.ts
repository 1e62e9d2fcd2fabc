import { asPeerdexError } from '../core/errors.ts';
import { EXIT_OF } from './exit-codes.ts';
import { leave } from './leave.ts';
import { runProgram } from './program.ts';

/** Runs one command line and ends the process with its exit code. `argv`: without the names of node and program. */
export async function main(argv: readonly string[]): Promise<void> {
  process.stdout.on('error', endOnClosedPipe);
  process.stderr.on('error', endOnClosedPipe);
  let code: number;
  try {
    code = await runProgram(argv);
  } catch (error) {
    code = EXIT_OF[asPeerdexError(error).code];
    const { errorLines } = await import('./output/print-error.ts');
    for (const line of errorLines(error, wantsJson(argv))) process.stderr.write(`${line}\n`);
  }
  await Promise.all([process.stdout, process.stderr].map(flushed));
  leave(code);
}

/** Whoever reads us has read enough (`peerdex ls | head`): no failure of ours. */
function endOnClosedPipe(error: NodeJS.ErrnoException): void {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
}

/** Also for errors that come before the flags are read. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end < 0 ? argv : argv.slice(0, end)).includes('--json');
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}

import { asPeerdexError } from '../core/errors.ts';
import { EXIT_DONE, EXIT_FAILED, EXIT_OF } from './exit-codes.ts';
import { leave } from './leave.ts';
import { runProgram } from './program.ts';

/** Runs one command line and ends the process with its exit code. `argv`: without the names of node and program. */
export async function main(argv: readonly string[]): Promise<void> {
  let ending: Promise<void> | undefined;
  process.stdout.on('error', (error) => {
    ending = endUnread(error, argv);
  });
  // What is told besides may get lost, the answer and the exit code not.
  process.stderr.on('error', () => {});
  let code: number;
  try {
    code = await runProgram(argv);
  } catch (error) {
    code = EXIT_OF[asPeerdexError(error).code];
    await print(error, argv);
  }
  await Promise.all([process.stdout, process.stderr].map(flushed));
  await ending;
  leave(code);
}

/** Whoever reads us has read enough (`peerdex ls | head`): no failure of ours. Else an answer is lost, which must not look like a short one. */
async function endUnread(error: NodeJS.ErrnoException, argv: readonly string[]): Promise<void> {
  if (error.code === 'EPIPE') process.exit(EXIT_DONE);
  await print(asPeerdexError(error, 'cannot write to standard output'), argv);
  process.exit(EXIT_FAILED);
}

async function print(error: unknown, argv: readonly string[]): Promise<void> {
  const { errorLines } = await import('./output/print-error.ts');
  for (const line of errorLines(error, wantsJson(argv))) process.stderr.write(`${line}\n`);
}

/** Also for errors that come before the flags are read. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end < 0 ? argv : argv.slice(0, end)).includes('--json');
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}

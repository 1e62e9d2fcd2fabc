import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';

/** The program as users start it. */
export const PROGRAM = path.join(path.dirname(path.dirname(import.meta.dirname)), 'bin/peerdex.js');

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
// The runner ends a test file that takes too long with SIGTERM: its daemons must not outlive it.
process.once('SIGTERM', () => process.exit(143));

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What the command reads from standard input; without it standard input is empty. */
  readonly input?: string;
  /** Milliseconds after which the command is killed and the test fails; a daemon has as long to be ready, and at least 30 s. */
  readonly timeout?: number;
  /** Another entry than the checkout's. */
  readonly program?: string;
  /** What to run in place of Node and an entry: an executable, or another Node with its entry. */
  readonly command?: readonly string[];
  /** A command that starts it in its own place, such as `ip netns exec NAME`. */
  readonly within?: readonly string[];
}

export interface RunResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/** Starts `peerdex ARGS…` under this very Node. It dies with the test at the latest. */
export function spawnProgram(args: readonly string[], options: RunOptions = {}): ChildProcess {
  const program = options.command ?? [process.execPath, options.program ?? PROGRAM];
  const command = [...(options.within ?? []), ...program, ...args];
  const child = spawn(command[0]!, command.slice(1), {
    cwd: options.cwd,
    env: { ...cleanEnvironment(), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Runs a command to its end. */
export async function runProgram(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const started = performance.now();
  const child = spawnProgram(args, isSampled(args[0]) ? options : withoutCoverage(options));
  const { timeout = 60_000 } = options;
  const timer = setTimeout(() => child.kill('SIGKILL'), timeout);
  // A command that never reads its input may be gone before it is written.
  child.stdin!.on('error', () => {});
  child.stdin!.end(options.input ?? '');
  try {
    const [stdout, stderr, [code, signal]] = await Promise.all([
      text(child.stdout!),
      text(child.stderr!),
      once(child, 'close'),
    ]);
    if (signal === 'SIGKILL')
      throw new Error(`peerdex ${args.join(' ')} did not end in ${timeout} ms\n${stdout}\n${stderr}`);
    return { code, stdout, stderr, seconds: (performance.now() - started) / 1000 };
  } finally {
    clearTimeout(timer);
  }
}

/** How often each command is run with its coverage recorded: every record is a megabyte to write and to merge. */
const SAMPLES = 2;
const sampled = new Map<string, number>();

function isSampled(command = ''): boolean {
  const times = sampled.get(command) ?? 0;
  sampled.set(command, times + 1);
  return times < SAMPLES;
}

const withoutCoverage = (options: RunOptions): RunOptions => ({
  ...options,
  env: { ...options.env, NODE_V8_COVERAGE: undefined },
});

/** Nothing that a developer has set for peerdex may change what a test sees. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('PEERDEX_') && name !== 'NODE_TEST_CONTEXT',
  );
  // The usual port may be taken, by a peerdex that is no part of the test too.
  return { ...Object.fromEntries(entries), NO_COLOR: '1', PEERDEX_DASHBOARD: '127.0.0.1:0' };
}

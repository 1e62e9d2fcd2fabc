import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

export interface Where {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A command that hangs. The longest, debootstrap, takes a minute on a machine that has nothing else to do. */
const TIMEOUT_MS = 900_000;

/** Runs a command to its end and gives its standard output; fails the test unless it ends well. */
export async function run(command: string, args: readonly string[], where: Where = {}): Promise<string> {
  const { code, stdout, said } = await attempt(command, args, where);
  assert.equal(code, 0, said);
  return stdout;
}

/** The same, however it ends. `said`: all of it, for a message. */
export async function attempt(command: string, args: readonly string[], { cwd, env }: Where = {}) {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, NODE_TEST_CONTEXT: undefined, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr, said: `${command} ${args.join(' ')}\n${stdout}${stderr}` };
}

/** A line as a user types it. */
export const line = (command: string, where: Where = {}): Promise<string> =>
  run('bash', ['-euo', 'pipefail', '-c', command], where);

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { eventually } from '../test/harness/eventually.ts';
import { hasTool } from '../test/runner/system-tools.ts';

// On Debian servers lie in /usr/sbin, which users have not in their PATH.
process.env.PATH = `${process.env.PATH}:/usr/sbin:/sbin`;

export const isInstalled = hasTool;

/** The first line of a program's version, wherever it prints it. */
export function versionOf(name: string, flag = '--version'): string {
  const { stdout, stderr } = spawnSync(name, [flag], { encoding: 'utf8' });
  const line = `${stdout}${stderr}`.split('\n')[0] ?? '';
  return /\d+(\.\d+)+/.exec(line)?.[0] ?? line;
}

/** Runs a client to its end; throws with what it said unless it succeeds. */
export async function runClient(name: string, args: readonly string[]): Promise<void> {
  const child = spawn(name, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  if (code !== 0) throw new Error(`${name} ${args.join(' ')} ended with ${code}: ${stderr}`);
}

export interface Server extends AsyncDisposable {
  readonly pid: number;
}

/** Starts a server in the foreground and waits until it takes connections on `port`. */
export async function startServer(name: string, args: readonly string[], port: number): Promise<Server> {
  const child = spawn(name, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
  });
  const gone = once(child, 'exit');
  await eventually(async () => {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}: ${said}`);
    return takesConnections(port);
  });
  return {
    pid: child.pid!,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await gone;
    },
  };
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

/** The processes that this one has started and that run. */
export function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => parentOf(name) === pid)
    .map(Number);
}

function parentOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined; // ended since
  }
}

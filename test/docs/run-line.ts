import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { Setting } from './setting.ts';

export interface LineRun {
  readonly cwd: string;
  /** Where default data folders lie. */
  readonly dataHome: string;
  /** Begins what runs until it is stopped. */
  readonly keep: (daemon: RunningLine) => void;
}

export interface RunningLine {
  readonly line: string;
  /** Ends it as Ctrl-C would and gives its exit code. */
  stop(): Promise<number | null>;
}

const DAEMON = /^peerdex (up|start|registry)(?= *(?:$|#|-|~|\/|'))/;
const PATIENCE_MS = 30_000;

/** Runs one line in a shell, and throws with all it said unless it ends with 0; a daemon is waited for until it is ready. */
export async function runLine(
  line: string,
  setting: Setting,
  { cwd, dataHome, keep }: LineRun,
): Promise<void> {
  const daemon = DAEMON.test(line);
  const child = spawn('bash', ['-o', 'pipefail', '-c', line], {
    cwd,
    env: { ...environment(setting, dataHome), ...(await variablesFor(line, daemon, setting)) },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  child.stdin.on('error', () => {});
  child.stdin.end();
  const timer = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), PATIENCE_MS);
  try {
    if (daemon) return keep(await ready(child, line));
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    if (code !== 0) throw new Error(`exit ${code}: ${line}\n${stdout}${stderr}`);
  } finally {
    clearTimeout(timer);
  }
}

/** A daemon's screen ends by saying how it is ended. */
async function ready(child: ChildProcess, line: string): Promise<RunningLine> {
  let said = '';
  const ended = once(child, 'close') as Promise<[number | null]>;
  const shown = new Promise<void>((resolve) => {
    for (const stream of [child.stdout!, child.stderr!])
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        said += chunk;
        if (said.includes('Ctrl-C')) resolve();
      });
  });
  const early = await Promise.race([shown, ended]);
  if (early) throw new Error(`it ended with ${early[0]} before it was ready: ${line}\n${said}`);
  return {
    line,
    stop: async () => {
      if (child.exitCode === null) process.kill(-child.pid!, 'SIGINT');
      return (await ended)[0];
    },
  };
}

function environment({ searchPath, home }: Setting, dataHome: string): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(
    ([name]) => !/^(PEERDEX_.*|NODE_TEST_CONTEXT|NODE_V8_COVERAGE)$/.test(name),
  );
  return {
    ...Object.fromEntries(entries),
    PATH: searchPath,
    HOME: home,
    XDG_DATA_HOME: dataHome,
    LC_ALL: 'C.UTF-8',
  };
}

/** Whose machine a line is typed on: that of the registry, of the reader, or one that may go. */
async function variablesFor(line: string, daemon: boolean, setting: Setting): Promise<NodeJS.ProcessEnv> {
  const { cluster, reader, slow } = setting;
  if (daemon)
    return {
      PEERDEX_LISTEN: '127.0.0.1:0',
      ...(/ up\b/.test(line) ? { PEERDEX_JOIN: cluster.registry.join } : {}),
    };
  const revoked = /\bregistry revoke ([\w-]+)/.exec(line)?.[1];
  if (revoked) await setting.spare(revoked);
  if (/\bpeerdex registry \w/.test(line))
    return { PEERDEX_DATA: cluster.folder.join('registry'), PEERDEX_PASSPHRASE: 'secret' };
  if (/\bpeerdex leave\b/.test(line)) return { PEERDEX_DATA: (await setting.spare('leaver')).data };
  if (/\bpeerdex (why|pause|resume|cancel)\b/.test(line)) return { PEERDEX_DATA: slow.data };
  return { PEERDEX_DATA: reader.data };
}

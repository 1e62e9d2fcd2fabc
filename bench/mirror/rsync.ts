import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { freePort } from '../../test/harness/free-port.ts';
import { configureRsync } from '../rivals/rsync.ts';
import { startServer } from '../tools.ts';

export interface RsyncDaemon extends AsyncDisposable {
  readonly port: number;
}

/** A daemon that serves `root`. */
export async function startRsyncDaemon(folder: string, root: string): Promise<RsyncDaemon> {
  const port = await freePort();
  const config = await configureRsync(folder, root);
  const server = await startServer(
    'rsync',
    ['--daemon', '--no-detach', `--config=${config}`, '--address=127.0.0.1', `--port=${port}`],
    port,
  );
  return { port, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

/** One run of the client, and how many bytes it says it received. */
export async function fetchWith(
  port: number,
  to: string,
  how: readonly string[],
): Promise<{ readonly seconds: number; readonly received: number }> {
  const began = performance.now();
  const url = `rsync://127.0.0.1:${port}/bench/set/`;
  const { stdout } = await promisify(execFile)('rsync', ['-a', '--stats', ...how, url, `${to}/`]);
  const seconds = (performance.now() - began) / 1000;
  const received = Number(/Total bytes received: ([\d,]+)/.exec(stdout)?.[1]?.replaceAll(',', ''));
  return { seconds, received };
}

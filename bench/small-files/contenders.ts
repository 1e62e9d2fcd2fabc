import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { NetworkMode } from '../../src/core/join-link.ts';
import { freePort } from '../../test/harness/free-port.ts';
import { ProcessNetwork } from '../../test/harness/processes.ts';
import { startNginx } from '../rivals/nginx.ts';
import { configureRsync } from '../rivals/rsync.ts';
import { runClient, startServer, versionOf } from '../tools.ts';
import type { Tree } from './tree.ts';

/** One way to bring a folder of small files from one process to another on this machine. */
export interface TreeContender extends AsyncDisposable {
  readonly name: string;
  readonly promises: string;
  readonly pids: readonly number[];
  /** Fetches all of this folder of the source into `destination`, which is there and empty. */
  fetch(set: string, destination: string): Promise<void>;
}

const nothing = { [Symbol.asyncDispose]: async () => {} };

export async function rsyncTree(folder: string, source: string): Promise<TreeContender> {
  const port = await freePort();
  const config = await configureRsync(folder, source);
  const server = await startServer(
    'rsync',
    ['--daemon', '--no-detach', `--config=${config}`, '--address=127.0.0.1', `--port=${port}`],
    port,
  );
  return {
    name: `rsync ${versionOf('rsync')}, daemon, whole files`,
    promises: 'verified by its file checksum, not flushed',
    pids: [server.pid],
    fetch: (set, destination) =>
      runClient('rsync', ['-aW', `rsync://127.0.0.1:${port}/bench/${set}/`, `${destination}/`]),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

export async function curlTree(folder: string, source: string, tree: Tree): Promise<TreeContender> {
  const nginx = await startNginx(folder, { folder: source, name: '', bytes: 0 });
  return {
    name: `nginx ${nginx.version} + curl ${versionOf('curl')}, one connection`,
    promises: 'not verified, not flushed',
    pids: nginx.pids,
    fetch: async (set, destination) => {
      const config = path.join(folder, 'curl.conf');
      const lines = tree.files.map(
        (file) => `url = "${nginx.url}${set}/${file}"\noutput = "${path.join(destination, file)}"`,
      );
      await writeFile(config, lines.join('\n'));
      await runClient('curl', ['-sS', '-f', '--create-dirs', '-K', config]);
    },
    [Symbol.asyncDispose]: () => nginx[Symbol.asyncDispose](),
  };
}

/** A tar stream through a bare TCP connection; netcat where it is installed, else bash. */
export async function tarTree(source: string): Promise<TreeContender> {
  return {
    ...nothing,
    name: 'tar over TCP',
    promises: 'not verified, not flushed',
    pids: [],
    fetch: async (set, destination) => {
      const port = await freePort();
      const server = spawn(process.execPath, ['-e', TAR_SERVER, path.join(source, set), String(port)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(server.stdout!, 'data');
      await runClient('bash', ['-c', `exec tar -xf - -C "$0" < /dev/tcp/127.0.0.1/${port}`, destination]);
      server.kill();
    },
  };
}

/** Hands the connection itself to tar. */
const TAR_SERVER = `
const [folder, port] = process.argv.slice(1);
require('node:net').createServer({ pauseOnConnect: true }, (socket) => {
  const tar = require('node:child_process').spawn('tar', ['-cf', '-', '-C', folder, '.'], { stdio: ['ignore', socket, 'inherit'] });
  tar.on('exit', () => socket.destroy());
}).listen(Number(port), '127.0.0.1', () => console.log('ready'));`;

/** What the runtime itself takes for it: one thread each that reads and sends, and receives, hashes and writes; no protocol, nothing kept. */
export async function bareTree(source: string): Promise<TreeContender> {
  const port = await freePort();
  const server = await startServer(process.execPath, [here('bare-source.ts'), source, String(port)], port);
  return {
    name: 'two bare programs, one thread each',
    promises: 'hashed (BLAKE3), flushed, kept nowhere',
    pids: [server.pid],
    fetch: (set, destination) =>
      runClient(process.execPath, [here('bare-sink.ts'), String(port), set, destination]),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const here = (file: string): string => path.join(import.meta.dirname, file);

export async function peerdexTree(source: string, mode: NetworkMode, data: string): Promise<TreeContender> {
  const network = await ProcessNetwork.start(mode === 'plaintext' ? ['--plaintext'] : []);
  const options = { scanInterval: 3600, env: profiled() };
  await mkdir(data, { recursive: true });
  const holder = await network.peer('holder', {
    ...options,
    shares: [source],
    data: path.join(data, 'holder'),
  });
  const fetcher = await network.peer('fetcher', { ...options, data: path.join(data, 'fetcher') });
  return {
    name: `peerdex get, ${mode === 'tls' ? 'TLS' : mode}`,
    promises: 'verified (BLAKE3), flushed, served again',
    pids: [holder.daemon.pid, fetcher.daemon.pid],
    fetch: async (set, destination) => {
      const what = `holder:${path.basename(source)}/${set}/`;
      const result = await fetcher.run(['get', what, '-o', `${destination}/`]);
      if (result.code !== 0) throw new Error(`get ended with ${result.code}: ${result.stderr.slice(-2000)}`);
    },
    [Symbol.asyncDispose]: () => network[Symbol.asyncDispose](),
  };
}

/** With PEERDEX_BENCH_PROFILE=DIR each daemon writes a profile of its processor time there. */
function profiled(): NodeJS.ProcessEnv {
  const folder = process.env.PEERDEX_BENCH_PROFILE;
  return folder ? { ...process.env, NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${folder}` } : process.env;
}

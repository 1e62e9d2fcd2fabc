import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freePort } from '../../test/harness/free-port.ts';
import type { Contender, Source } from '../contender.ts';
import { runClient, startServer, versionOf } from '../tools.ts';

/** An rsync daemon and whole files: no delta search, as for a file that is not there yet. */
export async function startRsync(folder: string, source: Source): Promise<Contender> {
  const port = await freePort();
  const config = await configureRsync(folder, source.folder);
  const server = await startServer(
    'rsync',
    ['--daemon', '--no-detach', `--config=${config}`, '--address=127.0.0.1', `--port=${port}`],
    port,
  );
  return {
    name: 'rsync daemon, whole file',
    version: `rsync ${versionOf('rsync')}`,
    promises: 'written, verified by its file checksum, not flushed',
    pids: [server.pid],
    fetch: (destination) =>
      runClient('rsync', ['-W', `rsync://127.0.0.1:${port}/bench/${source.name}`, destination]),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Writes what a daemon needs that serves `root` as `bench`, and gives the path of its settings. */
export async function configureRsync(folder: string, root: string): Promise<string> {
  const home = path.join(folder, 'rsync');
  await mkdir(home, { recursive: true });
  const config = path.join(home, 'rsyncd.conf');
  const own = process.getuid?.() === 0 ? 'uid = root\ngid = root\n' : '';
  await writeFile(
    config,
    `pid file = ${home}/rsyncd.pid\nlog file = ${home}/rsyncd.log\nuse chroot = no\n${own}[bench]\npath = ${root}\nread only = yes\n`,
  );
  return config;
}

import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freePort } from '../../test/harness/free-port.ts';
import type { Source } from '../contender.ts';
import { childrenOf, type Server, startServer, versionOf } from '../tools.ts';

export interface Nginx extends AsyncDisposable {
  readonly version: string;
  readonly url: string;
  readonly pids: readonly number[];
}

/** Serves `source` under its name. */
export async function startNginx(folder: string, source: Source): Promise<Nginx> {
  const port = await freePort();
  const [name, ...args] = await configureNginx(folder, source.folder, `127.0.0.1:${port}`);
  const server: Server = await startServer(name, args, port);
  return {
    version: versionOf('nginx', '-v'),
    url: `http://127.0.0.1:${port}/${encodeURIComponent(source.name)}`,
    pids: [server.pid, ...childrenOf(server.pid)],
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/**
 * nginx as one would set it up for this: sendfile, one worker a core, nothing logged. Gives the command that serves all of `root` on
 * `address`, host and port; what nginx writes lies in `folder`.
 */
export async function configureNginx(
  folder: string,
  root: string,
  address: string,
): Promise<readonly [string, ...string[]]> {
  const home = path.join(folder, 'nginx');
  await mkdir(home, { recursive: true });
  const config = path.join(home, 'nginx.conf');
  await writeFile(config, configuration(home, root, address));
  return ['nginx', '-p', home, '-c', config, '-e', path.join(home, 'error.log')];
}

const configuration = (home: string, root: string, address: string): string => `
${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
worker_processes auto;
pid ${home}/nginx.pid;
error_log ${home}/error.log;
events { worker_connections 64; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  client_body_temp_path ${home}/body;
  proxy_temp_path ${home}/proxy;
  fastcgi_temp_path ${home}/fastcgi;
  uwsgi_temp_path ${home}/uwsgi;
  scgi_temp_path ${home}/scgi;
  server {
    listen ${address};
    root ${root};
  }
}
`;

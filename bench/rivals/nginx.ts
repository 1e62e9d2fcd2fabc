import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freePort } from '../../test/harness/free-port.ts';
import type { Source } from '../contender.ts';
import { type Server, startServer, versionOf } from '../tools.ts';

export interface Nginx extends AsyncDisposable {
  readonly version: string;
  readonly url: string;
  readonly pids: readonly number[];
}

/** nginx as one would set it up for this: sendfile, one worker a core, nothing logged. Serves `source` under its name. */
export async function startNginx(folder: string, source: Source): Promise<Nginx> {
  const port = await freePort();
  const home = path.join(folder, 'nginx');
  await mkdir(home, { recursive: true });
  const config = path.join(home, 'nginx.conf');
  await writeFile(config, configuration(home, source.folder, port));
  const server: Server = await startServer(
    'nginx',
    ['-p', home, '-c', config, '-e', path.join(home, 'error.log')],
    port,
  );
  return {
    version: versionOf('nginx', '-v'),
    url: `http://127.0.0.1:${port}/${encodeURIComponent(source.name)}`,
    pids: [server.pid, ...childrenOf(server.pid)],
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const configuration = (home: string, root: string, port: number): string => `
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
    listen 127.0.0.1:${port};
    root ${root};
  }
}
`;

function childrenOf(pid: number): number[] {
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

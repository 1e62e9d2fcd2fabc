import path from 'node:path';
import { eventually } from '../../../test/harness/eventually.ts';
import { configureNginx } from '../../rivals/nginx.ts';
import { childrenOf, versionOf } from '../../tools.ts';
import { HostProgram } from '../host-program.ts';
import type { CrowdContender } from '../race.ts';

/** No swarm at all: everybody takes the whole from the seed's host, so one round shows it. */
export const nginxCurlCrowd = (): CrowdContender => ({
  name: 'nginx + curl',
  version: `nginx ${versionOf('nginx', '-v')}, curl ${versionOf('curl')}`,
  promises: 'not verified, not flushed',
  once: true,
  start: async (crowd, _hosts, source, folder) => {
    const address = `${crowd.address(0)}:8080`;
    const nginx = new HostProgram(crowd, 0, await configureNginx(folder, source.folder, address));
    const clients = new Map<number, HostProgram>();
    const destination = (host: number) => path.join(folder, `out-${host}`, source.name);
    // Its workers are there when it listens.
    await eventually(() => childrenOf(nginx.pid).length > 0);
    return {
      pids: (host) =>
        host === 0
          ? [nginx.pid, ...childrenOf(nginx.pid)]
          : [clients.get(host)].filter((one) => one?.isRunning).map((one) => one!.pid),
      destination,
      fetch: async (host) => {
        const url = `http://${address}/${encodeURIComponent(source.name)}`;
        const retry = ['--retry', '3', '--retry-connrefused'];
        const client = new HostProgram(crowd, host, ['curl', '-sSf', ...retry, '-o', destination(host), url]);
        clients.set(host, client);
        await client.ended();
      },
      kill: async (host) => {
        if (host !== 0) return clients.get(host)!.kill();
        const workers = childrenOf(nginx.pid);
        await nginx.kill();
        for (const pid of workers) process.kill(pid, 'SIGKILL');
      },
      [Symbol.asyncDispose]: async () => {
        await Promise.all([...clients.values()].map((client) => client.kill()));
        await nginx.kill('SIGTERM');
      },
    };
  },
});

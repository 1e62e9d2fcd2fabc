import type { Contender } from '../contender.ts';
import { runClient, versionOf } from '../tools.ts';
import type { Nginx } from './nginx.ts';

/** The yardstick: a file server in C with sendfile, and a client in C that writes what comes. Nothing is verified. */
export function nginxCurl(nginx: Nginx): Contender {
  return {
    name: 'nginx + curl -o',
    version: `nginx ${nginx.version}, curl ${versionOf('curl')}`,
    promises: 'written, not verified, not flushed',
    pids: nginx.pids,
    fetch: (destination) => runClient('curl', ['-sS', '-f', '-o', destination, nginx.url]),
    [Symbol.asyncDispose]: async () => {},
  };
}

/** The same, and the file flushed to disk as peerdex does before it calls a file done. */
export function nginxCurlFlushed(nginx: Nginx): Contender {
  const plain = nginxCurl(nginx);
  return {
    ...plain,
    name: 'nginx + curl -o, sync',
    promises: 'written and flushed, not verified',
    fetch: async (destination) => {
      await plain.fetch(destination);
      await runClient('sync', [destination]);
    },
  };
}

import path from 'node:path';
import type { Contender } from '../contender.ts';
import { runClient, versionOf } from '../tools.ts';
import type { Nginx } from './nginx.ts';

/** aria2 with four connections to the same nginx. */
export function aria2(nginx: Nginx): Contender {
  return {
    name: 'nginx + aria2c -x4',
    version: `aria2 ${versionOf('aria2c')}`,
    promises: 'written, not verified, not flushed',
    pids: nginx.pids,
    fetch: (destination) =>
      runClient('aria2c', [
        ...['-q', '--no-conf', '-x4', '-s4', '-k1M', '--file-allocation=none', '--disk-cache=64M'],
        ...['-d', path.dirname(destination), '-o', path.basename(destination), nginx.url],
      ]),
    [Symbol.asyncDispose]: async () => {},
  };
}

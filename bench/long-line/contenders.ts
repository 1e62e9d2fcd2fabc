import path from 'node:path';
import type { NetworkMode } from '../../src/core/join-link.ts';
import { eventually } from '../../test/harness/eventually.ts';
import { freePort } from '../../test/harness/free-port.ts';
import { ProcessNetwork } from '../../test/harness/processes.ts';
import type { Source } from '../contender.ts';
import { configureNginx } from '../rivals/nginx.ts';
import { runClient, startServer, versionOf } from '../tools.ts';
import { type LineOptions, LongLine } from './line.ts';

/** A holder at the other end of a long line. */
export interface FarSource extends AsyncDisposable {
  readonly name: string;
  readonly version: string;
  readonly line: LongLine;
  /** Fetches the file to `destination`, which does not exist. */
  fetch(destination: string): Promise<void>;
}

/** Both peers are reached through a line of their own, so it counts for nothing who dials whom. */
export async function farPeerdex(
  source: Source,
  version: string,
  mode: NetworkMode,
  options: LineOptions,
): Promise<FarSource> {
  const things = new AsyncDisposableStack();
  try {
    const [line, back] = [
      things.use(await LongLine.start(options)),
      things.use(await LongLine.start(options)),
    ];
    const network = things.use(await ProcessNetwork.start(mode === 'plaintext' ? ['--plaintext'] : []));
    const peer = async (name: string, shares: readonly string[], own: LongLine) => {
      const args = ['--advertise', own.address];
      const started = await network.peer(name, { shares, args, scanInterval: 3600 });
      own.target = started.port;
      return started;
    };
    await peer('holder', [source.folder], line);
    const fetcher = await peer('fetcher', [], back);
    await eventually(async () => (await fetcher.ask<{ total: number }>(['find', source.name])).total > 0, {
      timeout: 60_000,
      every: 500,
    });
    return {
      name: `peerdex, ${mode === 'tls' ? 'TLS' : mode}`,
      version: `peerdex ${version}`,
      line,
      fetch: async (destination) => {
        const what = `holder:${path.basename(source.folder)}/${source.name}`;
        (await fetcher.get([what, '-o', destination], { timeout: 300_000 })).one();
      },
      [Symbol.asyncDispose]: () => things.disposeAsync(),
    };
  } catch (error) {
    await things.disposeAsync();
    throw error;
  }
}

/** One connection, the whole file in one answer: nothing waits for a question. */
export async function farNginx(source: Source, folder: string, options: LineOptions): Promise<FarSource> {
  const things = new AsyncDisposableStack();
  const line = things.use(await LongLine.start(options));
  line.target = await freePort();
  const [name, ...args] = await configureNginx(folder, source.folder, `127.0.0.1:${line.target}`);
  things.use(await startServer(name, args, line.target));
  const url = `http://${line.address}/${encodeURIComponent(source.name)}`;
  return {
    name: 'nginx + curl',
    version: `nginx ${versionOf('nginx', '-v')}, curl ${versionOf('curl')}`,
    line,
    fetch: (destination) => runClient('curl', ['-sSf', '-o', destination, url]),
    [Symbol.asyncDispose]: () => things.disposeAsync(),
  };
}

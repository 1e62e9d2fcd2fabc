import path from 'node:path';
import type { NetworkMode } from '../src/core/join-link.ts';
import { ProcessNetwork } from '../test/harness/processes.ts';
import type { Contender, Source } from './contender.ts';

/** A registry and two peers as they run for users; a round is one `peerdex get` from its start to its end. */
export async function startPeerdex(source: Source, version: string, mode: NetworkMode): Promise<Contender> {
  const network = await ProcessNetwork.start(mode === 'plaintext' ? ['--plaintext'] : []);
  try {
    const holder = await network.peer('holder', { shares: [source.folder], scanInterval: 3600 });
    const fetcher = await network.peer('fetcher', { scanInterval: 3600 });
    return {
      name: `peerdex get, ${mode === 'tls' ? 'TLS' : mode}`,
      version: `peerdex ${version}`,
      promises: `written, verified (BLAKE3), flushed${mode === 'tls' ? ', encrypted' : ''}`,
      pids: [holder.daemon.pid, fetcher.daemon.pid],
      fetch: async (destination) => {
        const what = `holder:${path.basename(source.folder)}/${source.name}`;
        const done = (await fetcher.get([what, '-o', destination])).one();
        if (done.bytes !== source.bytes) throw new Error(`only ${done.bytes} bytes were fetched`);
      },
      [Symbol.asyncDispose]: () => network[Symbol.asyncDispose](),
    };
  } catch (error) {
    await network[Symbol.asyncDispose]();
    throw error;
  }
}

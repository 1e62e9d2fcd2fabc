import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createClient } from '../src/network/http/client.ts';
import { localOperations } from '../src/protocol/http/local/operations.ts';
import { ProcessNetwork } from '../test/harness/processes.ts';
import { median, quantile } from './numbers.ts';

const WORDS = ['amber', 'birch', 'cedar', 'delta', 'ember', 'fjord', 'grove', 'haven', 'inlet', 'jetty'];

export interface FindResult {
  /** Files in the index. */
  readonly files: number;
  /** Milliseconds of the daemon's answer over its socket. */
  readonly median: number;
  readonly p99: number;
  /** Milliseconds of the whole command, `peerdex find … --json`. */
  readonly command: number;
  /** Seconds from the start of a peer with this many new files until it is ready: scanned, hashed, announced. */
  readonly firstScan: number;
}

/** Searches by name over an index of `files` entries that came from another peer. */
export async function benchFind(files: number): Promise<FindResult> {
  await using network = await ProcessNetwork.start();
  const share = network.folder.join('share');
  await makeNames(share, files);
  const started = performance.now();
  await network.peer('holder', { shares: [share], scanInterval: 3600 });
  const firstScan = (performance.now() - started) / 1000;
  const asker = await network.peer('asker', { scanInterval: 3600 });
  const { socket, token } = JSON.parse(await readFile(path.join(asker.data, 'daemon.json'), 'utf8')) as {
    socket: string;
    token: string;
  };
  const client = createClient(localOperations, { socketPath: socket, token });
  const times: number[] = [];
  for (let i = 0; i < 200; i += 1) {
    const words = `${WORDS[i % 10]} ${WORDS[(i * 7 + 3) % 10]} ${i % 100}`;
    times.push(await millisecondsOf(() => client.find({ query: { words, limit: 50 } })));
  }
  const commands: number[] = [];
  for (let i = 0; i < 7; i += 1)
    commands.push(await millisecondsOf(() => asker.ask(['find', WORDS[i]!, '--limit', '10'])));
  return { files, median: median(times), p99: quantile(times, 0.99), command: median(commands), firstScan };
}

async function makeNames(root: string, files: number): Promise<void> {
  for (let folder = 0; folder * 100 < files; folder += 1) {
    const at = path.join(root, `${WORDS[folder % 10]} ${folder}`);
    await mkdir(at, { recursive: true });
    const count = Math.min(100, files - folder * 100);
    await Promise.all(
      Array.from({ length: count }, (_, i) =>
        writeFile(path.join(at, `${WORDS[(i * 3) % 10]} ${WORDS[i % 7]} ${i}.txt`), `${folder} ${i}`),
      ),
    );
  }
}

async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

import path from 'node:path';
import { workerUrl } from '../src/app/worker-url.ts';
import { systemClock } from '../src/core/clock.ts';
import { HashPool } from '../src/storage/disk/hash-pool.ts';
import { median } from './numbers.ts';
import { isInstalled, runClient, versionOf } from './tools.ts';

/** The first rounds of a process warm its threads and compilers. */
const POOL_ROUNDS = 5;

export interface HashResult {
  readonly what: string;
  /** MB/s (10^6), median. */
  readonly rate: number;
}

/** How fast a file in the page cache is hashed as the scanner does it, beside the common tools, which run `toolRounds` times each. */
export async function benchHashing(file: string, bytes: number, toolRounds: number): Promise<HashResult[]> {
  await using pool = new HashPool({ worker: workerUrl('hash-worker'), clock: systemClock });
  const tools = [
    { name: 'b3sum', args: ['--num-threads', '1'] },
    { name: 'sha256sum', args: [] },
  ].filter(({ name }) => isInstalled(name));
  return [
    {
      what: 'peerdex scanner, one file (one thread)',
      rate: await rateOf(bytes, POOL_ROUNDS, () => hashOnce(pool, [file])),
    },
    {
      what: `peerdex scanner, ${pool.size} files at once`,
      rate: await rateOf(bytes * pool.size, POOL_ROUNDS, () =>
        hashOnce(pool, Array<string>(pool.size).fill(file)),
      ),
    },
    ...(await inTurn(
      tools.map(({ name, args }) => async () => ({
        what: `${name} ${versionOf(name)}, one thread`,
        rate: await rateOf(bytes, toolRounds, () => runClient(name, [...args, file])),
      })),
    )),
  ];
}

async function hashOnce(pool: HashPool, files: readonly string[]): Promise<void> {
  const batches = await Promise.all(
    files.map((file) => pool.hash(path.dirname(file), [path.basename(file)])),
  );
  for (const [outcome] of batches) {
    if (outcome?.outcome !== 'hashed') throw new Error(`hashing came to ${outcome?.outcome}`);
  }
}

async function rateOf(bytes: number, rounds: number, work: () => Promise<void>): Promise<number> {
  const rates: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const started = performance.now();
    await work();
    rates.push(bytes / 1e6 / ((performance.now() - started) / 1000));
  }
  return median(rates);
}

async function inTurn<T>(works: readonly (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = [];
  for (const work of works) results.push(await work());
  return results;
}

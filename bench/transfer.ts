import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { makeFile } from '../test/harness/files.ts';
import { processStats } from '../test/harness/proc-stats.ts';
import type { Contender, Source } from './contender.ts';
import { median } from './numbers.ts';
import { startPeerdex } from './peerdex.ts';
import { aria2 } from './rivals/aria2.ts';
import { type Nginx, startNginx } from './rivals/nginx.ts';
import { nginxCurl, nginxCurlFlushed } from './rivals/nginx-curl.ts';
import { startRsync } from './rivals/rsync.ts';
import { isInstalled } from './tools.ts';

export interface TransferResult {
  readonly name: string;
  readonly version: string;
  readonly promises: string;
  /** One a round. */
  readonly seconds: readonly number[];
  readonly medianSeconds: number;
  /** MB/s (10^6) at the median. */
  readonly rate: number;
  /** Median of this round's time by the yardstick's in the same round; absent without a yardstick. */
  readonly ratio?: number;
  /** Processor seconds a round, client and servers together. */
  readonly cpuSeconds: number;
  /** Highest memory of any one of the processes that stay, in bytes. */
  readonly peakMemory: number;
}

/** One file from one process to another over loopback, every contender in every round, in turn. */
export async function benchTransfer(
  folder: string,
  bytes: number,
  rounds: number,
  version: string,
): Promise<TransferResult[]> {
  const source: Source = { folder: path.join(folder, 'source'), name: 'file.bin', bytes };
  // Written just now, so that it is in the page cache for everybody.
  await makeFile(path.join(source.folder, source.name), bytes);
  await using resources = new AsyncDisposableStack();
  const nginx = isInstalled('nginx') ? resources.use(await startNginx(folder, source)) : undefined;
  const contenders = [
    ...(nginx && isInstalled('curl') ? [nginxCurl(nginx), nginxCurlFlushed(nginx)] : []),
    resources.use(await startPeerdex(source, version, 'plaintext')),
    resources.use(await startPeerdex(source, version, 'tls')),
    ...(isInstalled('rsync') ? [resources.use(await startRsync(folder, source))] : []),
    ...rivalsOfNginx(nginx),
  ];
  const seconds = new Map(contenders.map((contender) => [contender, [] as number[]]));
  const cpu = new Map(contenders.map((contender) => [contender, [] as number[]]));
  // The first round warms caches and compilers and does not count.
  for (let round = -1; round < rounds; round += 1) {
    for (const contender of contenders) {
      const took = await oneRound(contender, path.join(folder, 'out'), bytes);
      if (round < 0) continue;
      seconds.get(contender)!.push(took.seconds);
      cpu.get(contender)!.push(took.cpuSeconds);
    }
  }
  const yardstick = contenders.find(({ name }) => name === 'nginx + curl -o');
  return contenders.map((contender) => {
    const times = seconds.get(contender)!;
    const base = yardstick && seconds.get(yardstick)!;
    return {
      name: contender.name,
      version: contender.version,
      promises: contender.promises,
      seconds: times,
      medianSeconds: median(times),
      rate: bytes / median(times) / 1e6,
      ...(base ? { ratio: median(times.map((time, i) => time / base[i]!)) } : {}),
      cpuSeconds: median(cpu.get(contender)!),
      peakMemory: Math.max(...contender.pids.map((pid) => processStats(pid).peakMemory)),
    };
  });
}

const rivalsOfNginx = (nginx: Nginx | undefined): Contender[] =>
  nginx && isInstalled('aria2c') ? [aria2(nginx)] : [];

async function oneRound(
  contender: Contender,
  out: string,
  bytes: number,
): Promise<{ seconds: number; cpuSeconds: number }> {
  await rm(out, { recursive: true, force: true });
  await mkdir(out);
  // What the round before left to be written must not be paid for in this one.
  spawnSync('sync');
  const destination = path.join(out, 'file.bin');
  const cpuBefore = cpuOf(contender);
  const started = performance.now();
  await contender.fetch(destination);
  const seconds = (performance.now() - started) / 1000;
  const cpuSeconds = cpuOf(contender) - cpuBefore;
  const { size } = await stat(destination);
  if (size !== bytes) throw new Error(`${contender.name} left ${size} bytes`);
  return { seconds, cpuSeconds };
}

/** Processor seconds so far of the processes that stay, and of every client that has ended. */
function cpuOf(contender: Contender): number {
  const stay = contender.pids.reduce((sum, pid) => sum + processStats(pid).cpuSeconds, 0);
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return stay + (Number(fields[13]) + Number(fields[14])) / 100;
}

import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { processStats } from '../../test/harness/proc-stats.ts';
import { median } from '../numbers.ts';
import { isInstalled } from '../tools.ts';
import { bareTree, curlTree, peerdexTree, rsyncTree, type TreeContender, tarTree } from './contenders.ts';
import { countTree, MOST, makeTree } from './tree.ts';

/**
 * `npm run bench:small [-- --files N] [--rounds N] [--most BYTES] [--only NAME,…]
 * [--folder DIR]`: a folder of many small files from one process to
 * another over loopback, every contender in every round, in turn. By default on a tmpfs, where no disk drowns the difference.
 */
const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '5' },
    folder: { type: 'string', default: '/dev/shm' },
    most: { type: 'string', default: String(MOST) },
    only: { type: 'string' },
  },
});
const folder = await mkdtemp(path.join(values.folder, 'peerdex-small-'));
await using resources = new AsyncDisposableStack();
resources.defer(() => rm(folder, { recursive: true, force: true }));
const source = path.join(folder, 'source');
const rounds = Number(values.rounds);
// One for each round, so that nobody has met its contents before.
const sets = Array.from({ length: rounds + 1 }, (_, i) => `set${i}`);
const [tree] = sets.map((set, i) =>
  makeTree(path.join(source, set), Number(values.files), i, Number(values.most)),
);
if (!tree) throw new Error('--rounds wants a whole number above 0');
const isMeant = (name: string) => values.only === undefined || values.only.split(',').includes(name);
const contenders: TreeContender[] = [];
const add = async (name: string, start: () => Promise<TreeContender>) => {
  if (isMeant(name)) contenders.push(resources.use(await start()));
};
if (isInstalled('rsync')) await add('rsync', () => rsyncTree(folder, source));
await add('plaintext', () => peerdexTree(source, 'plaintext', path.join(folder, 'plaintext')));
await add('tls', () => peerdexTree(source, 'tls', path.join(folder, 'tls')));
if (isInstalled('nginx') && isInstalled('curl')) await add('curl', () => curlTree(folder, source, tree));
await add('tar', () => tarTree(source));
await add('bare', () => bareTree(source));

const took = new Map(contenders.map((one) => [one, { seconds: [] as number[], cpu: [] as number[] }]));
// The first round warms caches and compilers and does not count.
for (let round = -1; round < rounds; round += 1) {
  for (const contender of contenders) {
    // Nobody has met it either: a row of what once stood there would have to go first.
    const out = path.join(folder, `out${round}`);
    await mkdir(out);
    const before = cpuOf(contender);
    const started = performance.now();
    await contender.fetch(sets[round + 1]!, out);
    const seconds = (performance.now() - started) / 1000;
    const cpu = cpuOf(contender) - before;
    const { files, bytes } = countTree(out);
    if (files !== tree.files.length || bytes !== tree.bytes)
      throw new Error(`${contender.name} left ${files} files of ${bytes} bytes`);
    await rm(out, { recursive: true });
    process.stderr.write(`${contender.name}: ${seconds.toFixed(2)} s, ${cpu.toFixed(2)} s of processor\n`);
    if (round < 0) continue;
    took.get(contender)!.seconds.push(seconds);
    took.get(contender)!.cpu.push(cpu);
  }
}
const [yardstick] = contenders;
process.stdout.write(
  `${tree.files.length} files, ${tree.bytes} bytes, ${values.rounds} rounds, in ${folder}\n\n`,
);
process.stdout.write(
  '| | what it ends with | s | files/s | times the first, by rounds | processor s | memory |\n|---|---|---|---|---|---|---|\n',
);
for (const contender of contenders) {
  const { seconds, cpu } = took.get(contender)!;
  const ratio = median(seconds.map((one, i) => one / took.get(yardstick!)!.seconds[i]!));
  const memory = Math.max(0, ...contender.pids.map((pid) => processStats(pid).peakMemory)) / 2 ** 20;
  process.stdout.write(
    `| ${contender.name} | ${contender.promises} | ${median(seconds).toFixed(2)} | ${Math.round(tree.files.length / median(seconds))} | ${ratio.toFixed(2)} | ${median(cpu).toFixed(2)} | ${memory.toFixed(0)} MiB |\n`,
  );
}

/** Processor seconds so far of the processes that stay, and of every client that has ended. */
function cpuOf(contender: TreeContender): number {
  const stay = contender.pids.reduce((sum, pid) => sum + processStats(pid).cpuSeconds, 0);
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return stay + (Number(fields[13]) + Number(fields[14])) / 100;
}

import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ProcessNetwork } from '../../test/harness/processes.ts';
import { table } from '../table.ts';
import { isInstalled, versionOf } from '../tools.ts';
import { Syncthing } from './syncthing.ts';
import { makeTree } from './tree.ts';

/**
 * `npm run bench:scan [-- --unchanged N] [--small N] [--bytes N] [--rounds N]`: how long a pass over unchanged files takes beside
 * `find`, and the first scan of small ones beside `b3sum`; Syncthing does both. What is not installed is left out.
 */
const { values } = parseArgs({
  options: {
    unchanged: { type: 'string', default: '100000' },
    small: { type: 'string', default: '10000' },
    bytes: { type: 'string', default: '4096' },
    rounds: { type: 'string', default: '5' },
  },
});
const [unchanged, small, bytes, rounds] = [values.unchanged, values.small, values.bytes, values.rounds].map(
  Number,
);
if (![unchanged, small, bytes, rounds].every((value) => Number.isInteger(value) && value! > 0)) {
  process.stderr.write('--unchanged, --small, --bytes and --rounds want whole numbers above 0\n');
  process.exit(2);
}
process.once('SIGINT', () => process.exit(130));

await using network = await ProcessNetwork.start(['--plaintext']);
const many = network.folder.join('many');
const few = network.folder.join('few');
makeTree(many, unchanged!, 64);
makeTree(few, small!, bytes!);

const first = await firstScans();
const passes = await unchangedPasses();
process.stdout.write(
  [
    `First scan of ${small} files of ${bytes} bytes, seconds (cached files)`,
    '',
    table(['what', 'seconds', 'of b3sum'], first),
    '',
    `A pass over ${unchanged} unchanged files, seconds, best and median of ${rounds}`,
    '',
    table(['what', 'best', 'median', 'of find'], passes),
    '',
  ].join('\n'),
);

async function firstScans(): Promise<string[][]> {
  const b3sum = isInstalled('b3sum')
    ? best(times(() => shell(`find ${few} -type f -print0 | xargs -0 b3sum`)))
    : undefined;
  const peer = await network.peer('small', { scanInterval: 3600 });
  const began = performance.now();
  await peer.ask(['share', few], { timeout: 600_000 });
  const own = (performance.now() - began) / 1000;
  await peer.daemon[Symbol.asyncDispose]();
  const rows = [
    ...(b3sum === undefined ? [] : [[`b3sum ${versionOf('b3sum')}`, b3sum.toFixed(2), '1.00']]),
    ['peerdex share, the command from start to end', own.toFixed(2), ratio(own, b3sum)],
  ];
  if (isInstalled('syncthing')) {
    await using rival = await Syncthing.start(network.folder.join('syncthing-small'));
    const seconds = await rival.firstScan(few);
    if ((await rival.files()) !== small) throw new Error('Syncthing has other files');
    rows.push([`Syncthing ${versionOf('syncthing')}`, seconds.toFixed(2), ratio(seconds, b3sum)]);
  }
  return rows;
}

async function unchangedPasses(): Promise<string[][]> {
  const find = times(() => shell(`find ${many} -type f -printf '%s %T@ %p\\n'`));
  const peer = await network.peer('many', { scanInterval: 3600 });
  await peer.ask(['share', many], { timeout: 600_000 });
  // The first ones compare every file; what they find is kept.
  for (let n = 0; n < 3; n += 1) await peer.ask(['rescan'], { timeout: 600_000 });
  const own: number[] = [];
  for (let n = 0; n < rounds!; n += 1) {
    const { added, changed, seconds } = await peer.ask<{ added: number; changed: number; seconds: number }>([
      'rescan',
    ]);
    if (added + changed > 0) throw new Error('something had changed');
    own.push(seconds);
  }
  await peer.daemon[Symbol.asyncDispose]();
  const rows = [row('find -printf', find, find), row('peerdex rescan, as it says', own, find)];
  if (isInstalled('syncthing')) {
    await using rival = await Syncthing.start(network.folder.join('syncthing-many'));
    await rival.firstScan(many);
    const scans: number[] = [];
    for (let n = 0; n < rounds!; n += 1) scans.push(await rival.scan());
    rows.push(row(`Syncthing ${versionOf('syncthing')}`, scans, find));
  }
  return rows;
}

function times(work: () => void): number[] {
  return Array.from({ length: rounds! }, () => {
    const began = performance.now();
    work();
    return (performance.now() - began) / 1000;
  });
}

function shell(command: string): void {
  execFileSync('sh', ['-c', `${command} > ${path.join(network.folder.path, 'out')}`], { maxBuffer: 2 ** 20 });
}

function row(what: string, seconds: readonly number[], base: readonly number[]): string[] {
  return [what, best(seconds).toFixed(2), median(seconds).toFixed(2), ratio(median(seconds), median(base))];
}

function best(seconds: readonly number[]): number {
  return Math.min(...seconds);
}

function median(seconds: readonly number[]): number {
  return seconds.toSorted((a, b) => a - b)[seconds.length >> 1]!;
}

function ratio(seconds: number, base: number | undefined): string {
  return base === undefined ? '' : (seconds / base).toFixed(2);
}

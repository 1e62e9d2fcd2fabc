import { appendFileSync, closeSync, existsSync, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { BackgroundMirror } from '../../test/harness/background-mirror.ts';
import { seededBytes } from '../../test/harness/files.ts';
import { type PeerProcess, ProcessNetwork } from '../../test/harness/processes.ts';
import { table } from '../table.ts';
import { isInstalled, versionOf } from '../tools.ts';
import { fetchWith, startRsyncDaemon } from './rsync.ts';

/**
 * `npm run bench:mirror [-- --mib N] [--mirrors N] [--folder DIR]`: a large file that is mirrored, by one peer, by a chain of two and by several
 * at once; then 1 KiB is appended to it. Seconds from the append to the copy, and what crossed the wire, with rsync beside it.
 */
const { values } = parseArgs({
  options: {
    mib: { type: 'string', default: '1024' },
    mirrors: { type: 'string', default: '3' },
    folder: { type: 'string', default: '/dev/shm' },
  },
});
const bytes = Number(values.mib) * 2 ** 20;
const count = Number(values.mirrors);
const TAIL = 1024;
const LONGEST_MS = 300_000;
const folder = await mkdtemp(path.join(values.folder, 'peerdex-mirror-'));
const rows: string[][] = [];
const say = (what: string, seconds: number, received: string, seed: string) => {
  process.stderr.write(`${what}: ${seconds.toFixed(2)} s, received ${received}, seed ${seed}\n`);
  rows.push([what, seconds.toFixed(2), received, seed]);
};
try {
  await chain();
  await several();
  await rsync();
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.stdout.write(`${table(['', 'seconds', 'bytes received', 'copies that the seed sent'], rows)}\n`);

/** A to B to C. */
async function chain(): Promise<void> {
  await using network = await ProcessNetwork.start();
  const source = await makeSource('chain/data');
  const passed = path.join(folder, 'chain/passed');
  await mkdir(passed, { recursive: true });
  const seed = await network.peer('seed', { shares: [path.join(folder, 'chain/data')] });
  const middle = await network.peer('middle', { shares: [passed] });
  const last = await network.peer('last');
  const first = path.join(passed, 'set');
  const second = path.join(folder, 'chain/second');
  const began = performance.now();
  await using toMiddle = new BackgroundMirror(middle, ['seed:data/set/', '--to', first]);
  await toMiddle.event('equal');
  while ((await last.run(['ls', 'middle:passed/set'])).code !== 0) await pause();
  await using toLast = new BackgroundMirror(last, ['middle:passed/set/', '--to', second]);
  await until(() => sizeOf(second) === bytes);
  await toLast.event('equal');
  say(
    'first copy, chain of two',
    since(began),
    received([toMiddle, toLast]),
    copies([toMiddle, toLast], seed),
  );
  await appended('append, chain of two', source, [first, second], [toMiddle, toLast], seed);
}

/** Several of one source at once. */
async function several(): Promise<void> {
  await using network = await ProcessNetwork.start();
  const source = await makeSource('several/data');
  const seed = await network.peer('seed', { shares: [path.join(folder, 'several/data')] });
  const places = Array.from({ length: count }, (_, at) => path.join(folder, `several/${at}`));
  const peers = await Promise.all(places.map((_, at) => network.peer(`mirror${at}`)));
  const began = performance.now();
  await using mirrors = new AsyncDisposableStack();
  const all = peers.map((peer, at) =>
    mirrors.use(new BackgroundMirror(peer, ['seed:data/set/', '--to', places[at]!])),
  );
  await until(() => places.every((place) => sizeOf(place) === bytes));
  await Promise.all(all.map((mirror) => mirror.event('equal')));
  say(`first copy, ${count} at once`, since(began), received(all), copies(all, seed));
  await appended(`append, ${count} at once`, source, places, all, seed);
}

async function rsync(): Promise<void> {
  if (!isInstalled('rsync')) return;
  const source = await makeSource('rsync/data');
  await using daemon = await startRsyncDaemon(folder, path.join(folder, 'rsync/data'));
  const to = path.join(folder, 'rsync/to');
  await mkdir(to, { recursive: true });
  const first = await fetchWith(daemon.port, to, ['-W']);
  say(`rsync ${versionOf('rsync')}, first copy`, first.seconds, String(first.received), '1.00');
  for (const how of [['--append'], ['--inplace'], ['--no-whole-file']]) {
    appendFileSync(source, seededBytes(TAIL, rows.length));
    const { seconds, received: got } = await fetchWith(daemon.port, to, how);
    say(`rsync ${how}, append`, seconds, String(got), '-');
  }
}

/** Seconds until every place has what was appended, by the size that a whole file has there. */
async function appended(
  what: string,
  source: string,
  places: readonly string[],
  mirrors: readonly BackgroundMirror[],
  seed: PeerProcess,
): Promise<void> {
  const before = mirrors.map((mirror) => mirror.of('done').length);
  const began = performance.now();
  appendFileSync(source, seededBytes(TAIL, rows.length));
  await until(() => places.every((place) => sizeOf(place) === bytes + TAIL));
  const seconds = since(began);
  await until(() => mirrors.every((mirror, at) => mirror.of('done').length > before[at]!));
  say(what, seconds, received(mirrors, before), copies(mirrors, seed, before));
}

function doneOf(mirrors: readonly BackgroundMirror[], from?: readonly number[]) {
  return mirrors.map((mirror, at) => mirror.of('done').slice(from?.[at] ?? 0));
}

/** Bytes of content that each of them fetched. */
function received(mirrors: readonly BackgroundMirror[], from?: readonly number[]): string {
  return doneOf(mirrors, from)
    .map((events) => events.reduce((sum, event) => sum + event.bytes, 0))
    .join(' + ');
}

/** What the seed gave, as a multiple of what one of them needed. */
function copies(mirrors: readonly BackgroundMirror[], seed: PeerProcess, from?: readonly number[]): string {
  const events = doneOf(mirrors, from).flat();
  const given = events
    .flatMap(({ sources }) => sources)
    .filter(({ peer }) => peer === seed.id)
    .reduce((sum, source) => sum + source.bytes, 0);
  return (given / Math.max(1, ...events.map((event) => event.bytes))).toFixed(2);
}

/** A file with bytes of its own, in the folder `set` there. */
async function makeSource(name: string): Promise<string> {
  const at = path.join(folder, name, 'set');
  await mkdir(at, { recursive: true });
  const file = path.join(at, 'large.bin');
  const noise = Buffer.from(seededBytes(2 ** 20, 7));
  const fd = openSync(file, 'w');
  for (let i = 0; i < bytes; i += noise.length) {
    noise.writeUInt32LE(i / noise.length, 0);
    for (let leaf = 0; leaf < noise.length; leaf += 2 ** 18) noise.writeUInt32LE(i + leaf, leaf + 8);
    writeSync(fd, noise, 0, Math.min(noise.length, bytes - i));
  }
  closeSync(fd);
  return file;
}

/** Of the one whole file in a folder; undefined before it is there. */
function sizeOf(place: string): number | undefined {
  if (!existsSync(place)) return undefined;
  const name = readdirSync(place).find((one) => one === 'large.bin');
  return name && statSync(path.join(place, name)).size;
}

function since(began: number): number {
  return (performance.now() - began) / 1000;
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10));
}

async function until(holds: () => boolean): Promise<void> {
  for (const ends = performance.now() + LONGEST_MS; !holds(); await pause())
    if (performance.now() > ends) throw new Error(`waited ${LONGEST_MS / 1000} s in vain`);
}

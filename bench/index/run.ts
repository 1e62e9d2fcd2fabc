import { statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ProcessNetwork } from '../../test/harness/processes.ts';
import { seeded } from '../../test/support/sample-entries.ts';
import { describeMachine } from '../machine.ts';
import { mebibytes, median, quantile } from '../numbers.ts';
import { adopt, clientOf, type LocalClient, millisecondsOf } from './daemon.ts';
import { buildDatabase, LARGE_FOLDER, OWNERS } from './database.ts';
import { isIndexed } from './indexed.ts';
import { MIX, SEARCHES, type Search } from './mix.ts';
import { searchByOthers } from './rivals.ts';

/**
 * `npm run bench:index [-- --entries N] [--rounds N]`: a real daemon on a database of 1,000,000 entries: its start, its memory, searches
 * by a stated mix, at rest and while a download runs, and a folder of 50,000 entries by pages. Times are a client's, over the daemon's socket.
 */
const { values } = parseArgs({
  options: {
    entries: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '5' },
  },
});
const count = Number(values.entries);
const rounds = Number(values.rounds);
if (!(count >= 10_000 && rounds > 0)) {
  process.stderr.write('--entries wants a number from 10000, --rounds one above 0\n');
  process.exit(2);
}
const lines: [string, string][] = [];
const say = (what: string, figure: string): void => {
  lines.push([what, figure]);
  process.stderr.write(`${what}: ${figure}\n`);
};

const built = buildDatabase(count);
say('entries, owners', `${count}, ${OWNERS}`);
if (built.entriesPerSecond) say('written, entries a second', built.entriesPerSecond.toFixed(0));
say('database', mebibytes(built.bytes));

await using network = await ProcessNetwork.start(['--lease', '7200']);
const peer = await network.peer('bench', { scanInterval: 3600, args: ['--down-limit', '20MB/s'] });
await peer.daemon.kill('SIGTERM');
await adopt(network, peer, built.file);
say(
  'start to ready, first time, without a search index',
  seconds(await millisecondsOf(() => peer.daemon.restart())),
);

let client = await clientOf(peer);
const search = path.join(peer.data, 'search.db');
const memory = (when: string) => say(`peak memory, ${when}`, mebibytes(peer.daemon.stats.peakMemory));
const began = performance.now();
say(
  'find while the search index is made',
  quantiles([...(await timesOf(client, 1, () => isIndexed(peer.data))).values()].flat()),
);
while (!isIndexed(peer.data)) await setTimeout(100);
say('search index made after', seconds(performance.now() - began));
memory('with the search index made');

const starts: number[] = [];
for (let round = 0; round < 3; round += 1) {
  await peer.daemon.kill('SIGTERM');
  starts.push(await millisecondsOf(() => peer.daemon.restart()));
}
say('start to ready, nothing changed', seconds(median(starts)));
say('processor time of a start', seconds(1000 * peer.daemon.stats.cpuSeconds));
client = await clientOf(peer);
memory('after the start');
await timesOf(client, 1);
const cpu = peer.daemon.stats.cpuSeconds;
sayAll('at rest', await timesOf(client, rounds));
const spent = (peer.daemon.stats.cpuSeconds - cpu) / (rounds * SEARCHES.length);
say('processor time of the daemon, a search at rest', `${(1000 * spent).toFixed(1)} ms`);

const source = await network.makeFolder('source');
await makeFile(path.join(source, 'download.bin'), 1024);
await network.peer('source', { shares: [source], scanInterval: 3600 });
const [large] = (await client.find({ query: { words: 'download.bin' } })).results;
const download = peer.run(['get', large!.content], { timeout: 1_200_000 });
// Its code has been compiled by then.
await reaches(client, 200 * 2 ** 20);
const loaded = await timesOf(client, rounds);
const { jobs } = await client.jobs();
if (!jobs.some(({ state }) => state === 'running')) throw new Error('the download ended before the searches');
sayAll('while a download runs at 20 MB/s', loaded);
const pages = await pagesOf(client);
say(
  `ls of ${pages.entries} entries in pages of 1,000`,
  `${quantiles(pages.times)}, all in ${seconds(pages.times.reduce((a, b) => a + b, 0))}`,
);
memory('after all of it');
await client.cancel({ params: { job: jobs[0]!.id } });
await download;
say('search index', mebibytes(statSync(search).size));

const { like, grep, most } = searchByOthers(built.file, network.folder.join('names'));
say('files with an e in their names', String(most));
say('SQLite, LIKE on every row', quantiles(like));
say('grep -i -F over a list of names', quantiles(grep));
report();

/** Milliseconds of each search, in an order drawn anew each round, until `enough`. */
async function timesOf(
  daemon: LocalClient,
  times: number,
  enough = () => false,
): Promise<Map<Search, number[]>> {
  const random = seeded(7);
  const all = new Map<Search, number[]>(SEARCHES.map((one) => [one, []]));
  for (let round = 0; round < times; round += 1) {
    for (const one of [...SEARCHES].sort(() => random() - 0.5)) {
      if (enough()) return all;
      const { onePeer, ...query } = one;
      const only = onePeer ? { peer: 'member3' } : {};
      const took = await millisecondsOf(() => daemon.find({ query: { ...query, ...only, limit: 50 } }));
      all.get(one)!.push(took);
    }
  }
  return all;
}

function sayAll(when: string, times: ReadonlyMap<Search, number[]>): void {
  say(`find ${when}`, quantiles([...times.values()].flat()));
  for (const [kind, searches] of MIX) {
    say(`find ${when}: ${kind}`, quantiles(searches.flatMap((one) => times.get(one)!)));
  }
}

async function reaches(daemon: LocalClient, bytes: number): Promise<void> {
  while (((await daemon.jobs()).jobs[0]?.bytes ?? 0) < bytes) await setTimeout(200);
}

async function pagesOf(daemon: LocalClient): Promise<{ entries: number; times: number[] }> {
  const times: number[] = [];
  let entries = 0;
  for (let from: string | undefined = ''; from !== undefined; ) {
    const began = performance.now();
    const page = await daemon.ls({
      query: { where: `member1:${LARGE_FOLDER}`, limit: 1000, ...(from ? { from } : {}) },
    });
    times.push(performance.now() - began);
    entries += page.entries.length;
    from = page.next;
  }
  return { entries, times };
}

async function makeFile(file: string, mebi: number): Promise<void> {
  await using handle = await open(file, 'w');
  const block = Buffer.alloc(2 ** 20);
  for (let at = 0; at < mebi; at += 1) {
    block.writeUInt32LE(at + 1, 0);
    await handle.write(block);
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

function quantiles(times: readonly number[]): string {
  const [p50, p95, max] = [median(times), quantile(times, 0.95), Math.max(...times)];
  return `p50 ${p50.toFixed(1)}, p95 ${p95.toFixed(1)}, max ${max.toFixed(1)} ms`;
}

function report(): void {
  const { cpu, cores, kernel, node, date } = describeMachine(tmpdir());
  process.stdout.write(
    `${date}: ${cpu}, ${cores} cores, ${kernel}, Node ${node}.\n\n| | |\n| --- | ---: |\n`,
  );
  for (const [what, figure] of lines) process.stdout.write(`| ${what} | ${figure} |\n`);
}

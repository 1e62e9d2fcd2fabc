import { mkdir, writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type PeerProcess, ProcessNetwork } from '../../test/harness/processes.ts';
import { table } from '../table.ts';
import { fillLog } from './fill.ts';
import { HeadWatch } from './head-watch.ts';

/**
 * `npm run bench:deltas -- --entries 1000000 --changes 100,1000,10000`: a peer with so many entries changes so many files: seconds from the end of
 * the scan that found them until another peer knows them, bytes between the two, and what it took both in processor time.
 */
const { values } = parseArgs({
  options: {
    entries: { type: 'string', default: '1000000' },
    changes: { type: 'string', default: '100,1000,10000' },
    rounds: { type: 'string', default: '3' },
  },
});
const entries = Number(values.entries);
const most = Math.max(...values.changes.split(',').map(Number));
const FILES_OF_FOLDER = 500;

/** By data folder. */
const databases = new Map<string, DatabaseSync>();
await using network = await ProcessNetwork.start();
const share = await network.makeFolder('share');
const owner = await network.peer('owner', { shares: [share], proxy: true, scanInterval: 3600 });
await owner.daemon.kill('SIGTERM');
let began = performance.now();
fillLog(`${owner.data}/peer.db`, entries);
say(`${entries} entries written in ${seconds(began)} s`);

const file = (n: number) => `${share}/folder ${Math.floor(n / FILES_OF_FOLDER)}/file ${n}.txt`;
for (let n = 0; n < most; n += FILES_OF_FOLDER) await mkdir(`${share}/folder ${n / FILES_OF_FOLDER}`);
for (let n = 0; n < most; n += 1) await writeFile(file(n), `first ${n}`);
await owner.daemon.restart();
await owner.ask(['rescan']);

began = performance.now();
const before = { bytes: owner.proxy.total, owner: owner.daemon.stats.cpuSeconds, follower: 0 };
const follower = await network.peer('follower', { scanInterval: 3600 });
await knows(follower, headOf(owner));
const first = since(before, sumOf(follower, owner));
say(
  `the first pull: ${seconds(began)} s, ${(first.bytes / 1e6).toFixed(0)} MB, processor ${first.owner.toFixed(1)} s there and ${first.follower.toFixed(1)} s here`,
);

const rows: string[][] = [];
for (const changes of values.changes.split(',').map(Number)) {
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (let n = 0; n < changes; n += 1) await writeFile(file(n), `round ${round} of ${changes}, ${n}`);
    const start = sumOf(follower, owner);
    const scanning = performance.now();
    const heads = new HeadWatch(() => ({ owner: headOf(owner), follower: seqIn(follower, owner) ?? 0 }));
    await owner.ask(['rescan']);
    const { scanned, known } = await heads.end();
    const took = since(start, sumOf(follower, owner));
    rows.push([
      String(changes),
      ((scanned - scanning) / 1000).toFixed(2),
      ((known - scanned) / 1000).toFixed(2),
      (took.bytes / 1000).toFixed(0),
      (took.bytes / changes).toFixed(0),
      took.owner.toFixed(2),
      took.follower.toFixed(2),
    ]);
  }
}
say(
  table(
    [
      'changed files',
      'scan and hashing s',
      'then known after s',
      'KB',
      'bytes each',
      'owner processor s',
      'follower processor s',
    ],
    rows,
  ),
);

for (const database of databases.values()) database.close();

interface Sum {
  readonly bytes: number;
  readonly owner: number;
  readonly follower: number;
}

/** Bytes through the owner's port so far, and seconds of processor time. */
function sumOf(by: PeerProcess, of: PeerProcess): Sum {
  return { bytes: of.proxy.total, owner: of.daemon.stats.cpuSeconds, follower: by.daemon.stats.cpuSeconds };
}

function since(from: Sum, to: Sum): Sum {
  return {
    bytes: to.bytes - from.bytes,
    owner: to.owner - from.owner,
    follower: to.follower - from.follower,
  };
}

function headOf(of: PeerProcess): number {
  return seqIn(of, of)!;
}

async function knows(by: PeerProcess, seq: number): Promise<void> {
  while ((seqIn(by, owner) ?? 0) < seq) await delay(20);
}

function seqIn({ data }: PeerProcess, of: PeerProcess): number | undefined {
  const database =
    databases.get(data) ?? new DatabaseSync(`${data}/peer.db`, { readOnly: true, timeout: 5000 });
  databases.set(data, database);
  const row = database
    .prepare('SELECT seq FROM owners WHERE peer = ? AND snapshot_index IS NULL')
    .get(of.daemon.ready.id);
  return row?.seq as number | undefined;
}

function seconds(from: number): string {
  return ((performance.now() - from) / 1000).toFixed(2);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

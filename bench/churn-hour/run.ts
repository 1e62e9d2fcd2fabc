import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { seededRandom } from '../../src/core/random.ts';
import { ProcessNetwork } from '../../test/harness/processes.ts';
import { comeAndGo, passBy, type Scene, startPeer, stay } from './peers.ts';
import { churnPlot } from './plot.ts';
import { type Course, churnTable, holds } from './report.ts';
import { leastOf, type Sample, sampleOf } from './sample.ts';
import { Tally } from './tally.ts';

/**
 * `npm run bench:churn [-- --minutes N] [--staying N] [--places N] [--seed N] [--out DIR]`: a registry and peers that stay, while
 * others come and go and files are made, changed, deleted, found, fetched and given up all the time. Ends with 1 when something of
 * those that stay grows in the second half.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    staying: { type: 'string', default: '2' },
    places: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string' },
  },
});
const [minutes, staying, places, seed] = [values.minutes, values.staying, values.places, values.seed].map(
  Number,
);
if (![minutes, staying, places, seed].every((value) => Number.isInteger(value) && value! > 0)) {
  process.stderr.write('--minutes, --staying, --places and --seed want whole numbers above 0\n');
  process.exit(2);
}
process.once('SIGINT', () => process.exit(130));
/** Each minute's figure is the least of as many. */
const LOOKS = 10;
const MINUTE_MS = 60_000;

await using network = await ProcessNetwork.start(['--lease', '15', '--log-level', 'warn']);
const over = new AbortController();
const scene: Scene = { network, random: seededRandom(seed!), tally: new Tally(), over: over.signal };
const stayers = [];
for (let n = 0; n < staying!; n += 1) stayers.push(await startPeer(scene, `stays-${n}`, 100 + n));
const churn = [
  ...stayers.map(({ peer, share }) => stay(scene, peer, share)),
  ...Array.from({ length: places! }, (_, place) => comeAndGo(scene, place)),
  passBy(scene),
];
const watched = [
  { name: 'registry', pid: network.registry.pid, data: network.folder.join('registry'), places: [] },
  ...stayers.map(({ peer, share }) => ({
    ...{ name: peer.name, pid: peer.daemon.pid, data: peer.data },
    places: [share.folder, network.folder.join(`${peer.name}-out`)],
  })),
];
const courses = watched.map(({ name }) => ({ name, samples: [] as Sample[] }) satisfies Course);
if (values.out) await mkdir(values.out, { recursive: true });
const began = performance.now();
for (let minute = 1; minute <= minutes!; minute += 1) {
  const looks: Sample[][] = watched.map(() => []);
  for (let look = 1; look <= LOOKS; look += 1) {
    const due = began + (minute - 1 + look / LOOKS) * MINUTE_MS;
    await delay(Math.max(0, due - performance.now()));
    for (const [i, { pid, data, places: below }] of watched.entries())
      looks[i]!.push(await sampleOf(pid, data, below));
  }
  for (const [i, { samples }] of courses.entries()) samples.push(leastOf(looks[i]!));
  await note(minute);
}
over.abort();
await Promise.all(churn);
const report = [`${minutes} minutes: ${scene.tally}.`, '', churnTable(courses), ''].join('\n');
process.stdout.write(report);
if (values.out) {
  await writeFile(path.join(values.out, 'churn.md'), report);
  await writeFile(path.join(values.out, 'churn.svg'), churnPlot(courses));
}
process.exitCode = holds(courses) ? 0 : 1;

/** One line a minute, so that a long run can be followed. */
async function note(minute: number): Promise<void> {
  const text = courses
    .map(({ name, samples }) => {
      const { rss, heap, fds, database, folder, partials } = samples.at(-1)!;
      const [a, b, c, d] = [rss, heap, database, folder].map((bytes) => (bytes / 2 ** 20).toFixed(1));
      return `${name} ${a} MiB, objects ${b}, ${fds} open, databases ${c}, folder ${d}, ${partials} of partials`;
    })
    .join(' · ');
  process.stderr.write(`${minute} min: ${text}\n`);
  if (!values.out) return;
  const line = JSON.stringify({
    minute,
    ...Object.fromEntries(courses.map(({ name, samples }) => [name, samples.at(-1)])),
  });
  await appendFile(path.join(values.out, 'churn.jsonl'), `${line}\n`);
}

import { rm } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { hashFile, makeFile } from '../../test/harness/files.ts';
import { type PeerProcess, ProcessNetwork } from '../../test/harness/processes.ts';
import { mebibytes } from '../numbers.ts';
import { table } from '../table.ts';

/**
 * `npm run bench:memory [-- --mib N] [--jobs N] [--sources N] [--rounds N] [--plaintext] [--memory SIZE]`: how much memory daemons take at
 * their highest while one of them fetches several files from several sources at once, and each of these fetches one from it.
 */
const { values } = parseArgs({
  options: {
    mib: { type: 'string', default: '128' },
    jobs: { type: 'string', default: '8' },
    sources: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
    plaintext: { type: 'boolean', default: false },
    memory: { type: 'string' },
  },
});
const [mib, jobs, sources, rounds] = [values.mib, values.jobs, values.sources, values.rounds].map(Number);
if (![mib, jobs, sources, rounds].every((value) => Number.isInteger(value) && value! > 0)) {
  process.stderr.write('--mib, --jobs, --sources and --rounds want whole numbers above 0\n');
  process.exit(2);
}
process.once('SIGINT', () => process.exit(130));

await using network = await ProcessNetwork.start(values.plaintext ? ['--plaintext'] : []);
const options = values.memory === undefined ? {} : { env: { PEERDEX_MEMORY: values.memory } };
const shared = network.folder.join('shared');
const names = Array.from({ length: jobs! }, (_, n) => `${n}.bin`);
for (const [n, name] of names.entries()) await makeFile(path.join(shared, name), mib! * 2 ** 20, n + 2);
const own = await makeFile(network.folder.join('own', 'own.bin'), mib! * 2 ** 20);
const holders: PeerProcess[] = [];
for (let n = 0; n < sources!; n += 1)
  holders.push(await network.peer(`holder-${n}`, { shares: [shared], scanInterval: 3600, ...options }));
const busy = await network.peer('busy', { shares: [path.dirname(own)], scanInterval: 3600, ...options });
const idle = busy.daemon.stats.peakMemory;

const rows: string[][] = [];
for (let round = 1; round <= rounds!; round += 1) {
  const out = network.folder.join('out');
  const started = performance.now();
  await Promise.all([
    ...names.map((name) => fetchWhole(busy, name, path.join(out, name))),
    ...holders.map((holder) => fetchWhole(holder, 'own.bin', path.join(out, `${holder.name}.bin`))),
  ]);
  const seconds = (performance.now() - started) / 1000;
  for (const name of names)
    if ((await hashFile(path.join(out, name))) !== (await hashFile(path.join(shared, name))))
      throw new Error(`${name} is another file`);
  await rm(out, { recursive: true });
  const others = holders.map(({ daemon }) => daemon.stats.peakMemory);
  rows.push([
    String(round),
    seconds.toFixed(1),
    mebibytes(busy.daemon.stats.peakMemory),
    `${mebibytes(Math.min(...others))} - ${mebibytes(Math.max(...others))}`,
    mebibytes(network.registry.stats.peakMemory),
  ]);
}
process.stdout.write(
  [
    `${values.plaintext ? 'Plaintext' : 'TLS'}: ${jobs} files of ${mib} MiB to one peer from ${sources} at once, and one of its own to each of these.`,
    `Most memory (VmHWM) since the start; the busy one had ${mebibytes(idle)} before.`,
    '',
    table(['round', 'seconds', 'the busy one', 'the others', 'registry'], rows),
    '',
  ].join('\n'),
);

async function fetchWhole(peer: PeerProcess, what: string, destination: string): Promise<void> {
  const done = (await peer.get([what, '-o', destination])).one();
  if (done.bytes !== mib! * 2 ** 20) throw new Error(`only ${done.bytes} bytes of ${what} were fetched`);
}

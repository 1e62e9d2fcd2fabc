import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { hashFile, makeFile } from '../../test/harness/files.ts';
import type { Source } from '../contender.ts';
import { median } from '../numbers.ts';
import { table } from '../table.ts';
import { isInstalled } from '../tools.ts';
import { type FarSource, farNginx, farPeerdex } from './contenders.ts';
import { timelineOf } from './timeline.ts';

/**
 * `npm run bench:line [-- --rounds N] [--mib N] [--mbit N] [--delay MS] [--timeline]`: one source at the end of a long line, by default 100 Mbit/s and 50
 * ms each way. Says how much of the line is used. `--timeline` says instead what goes over the line, and when, in the
 * first second of one fetch in plaintext.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    mib: { type: 'string', default: '128' },
    mbit: { type: 'string', default: '100' },
    delay: { type: 'string', default: '50' },
    timeline: { type: 'boolean', default: false },
  },
});
const [rounds, mib, mbit, delay] = [values.rounds, values.mib, values.mbit, values.delay].map(Number);
if (![rounds, mib, mbit, delay].every((value) => Number.isInteger(value) && value! > 0)) {
  process.stderr.write('--rounds, --mib, --mbit and --delay want whole numbers above 0\n');
  process.exit(2);
}
const line = { rate: (mbit! * 1e6) / 8, delay: delay! / 1000 };
const bytes = mib! * 2 ** 20;
process.once('SIGINT', () => process.exit(130));

const folder = await mkdtemp(path.join(os.tmpdir(), 'peerdex-line-'));
try {
  const manifest = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  const source: Source = { folder: path.join(folder, 'source'), name: 'file.bin', bytes };
  const hash = await hashFile(await makeFile(path.join(source.folder, source.name), bytes));
  await using things = new AsyncDisposableStack();
  const first = things.use(await farPeerdex(source, version, 'plaintext', line));
  if (values.timeline) {
    process.stdout.write(`${(await timelineOf(first, path.join(folder, 'seen'))).join('\n')}\n`);
  } else {
    const others = [
      things.use(await farPeerdex(source, version, 'tls', line)),
      ...(isInstalled('nginx') && isInstalled('curl')
        ? [things.use(await farNginx(source, folder, line))]
        : []),
    ];
    process.stdout.write(await compare([first, ...others], hash));
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Every contender in turn, round after round; what came of it, as a table. */
async function compare(contenders: readonly FarSource[], hash: string): Promise<string> {
  const rows = contenders.map((contender) => ({ contender, shares: [] as Shares[] }));
  for (let round = 0; round < rounds!; round += 1) {
    for (const { contender, shares } of rows) shares.push(await oneRound(contender, bytes, hash));
  }
  const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
  const text = table(
    ['', 'of the line', 'from - to', 'once under way', 'seconds'],
    rows.map(({ contender, shares }) => {
      const whole = shares.map((share) => share.whole);
      return [
        `${contender.name} (${contender.version})`,
        `**${percent(median(whole))}**`,
        `${percent(Math.min(...whole))} - ${percent(Math.max(...whole))}`,
        percent(median(shares.map(({ underWay }) => underWay))),
        median(shares.map(({ seconds }) => seconds)).toFixed(2),
      ];
    }),
  );
  return `One file of ${mib} MiB from one source over ${mbit} Mbit/s, ${delay} ms each way; medians of ${rounds} rounds.\n\n${text}\n`;
}

interface Shares {
  /** Of the command, from its start to its end. */
  readonly seconds: number;
  /** Share of the line that the file took over this time. */
  readonly whole: number;
  /** Share of the line that all bytes took from the tenth part of the file on. */
  readonly underWay: number;
}

async function oneRound(contender: FarSource, size: number, hash: string): Promise<Shares> {
  const out = path.join(folder, 'out');
  await rm(out, { recursive: true, force: true });
  await mkdir(out);
  let arrived = 0;
  let tenth: { readonly at: number; readonly arrived: number } | undefined;
  let last = 0;
  contender.line.onArrival = (count) => {
    arrived += count;
    last = performance.now();
    if (arrived >= size / 10) tenth ??= { at: last, arrived };
  };
  const destination = path.join(out, 'file.bin');
  const started = performance.now();
  await contender.fetch(destination);
  const seconds = (performance.now() - started) / 1000;
  contender.line.onArrival = () => {};
  if ((await hashFile(destination)) !== hash) throw new Error(`${contender.name} brought another file`);
  if (!tenth) throw new Error(`${contender.name} did not use the line`);
  const underWay = (arrived - tenth.arrived) / ((last - tenth.at) / 1000) / line.rate;
  return { seconds, whole: size / seconds / line.rate, underWay };
}

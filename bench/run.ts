import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { benchFind } from './find.ts';
import { benchHashing } from './hashing.ts';
import { benchIdle } from './idle.ts';
import { describeMachine } from './machine.ts';
import { type Report, toMarkdown } from './report.ts';
import { benchTransfer } from './transfer.ts';

/**
 * `npm run bench [-- --quick] [--json] [--rounds N] [--mib N] [--folder DIR]`: peerdex against what people would use otherwise,
 * on this machine. `--quick` repeats the figures of the README within a minute. Rivals run where they are installed.
 */
const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    mib: { type: 'string', default: '1024' },
    folder: { type: 'string', default: os.tmpdir() },
  },
});
const rounds = Number(values.rounds ?? (values.quick ? 2 : 9));
const bytes = Number(values.mib) * 2 ** 20;
if (!(Number.isInteger(rounds) && rounds > 0 && Number.isInteger(bytes) && bytes > 0)) {
  process.stderr.write('--rounds and --mib want whole numbers above 0\n');
  process.exit(2);
}

const folder = await mkdtemp(path.join(values.folder, 'peerdex-bench-'));
try {
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const report: Report = {
    machine: describeMachine(folder),
    bytes,
    rounds,
    transfer: await step('transfer', () => benchTransfer(folder, bytes, rounds, version)),
    hashing: await step('hashing', () =>
      benchHashing(path.join(folder, 'source', 'file.bin'), bytes, values.quick ? 1 : 5),
    ),
    idle: await step('idle', () => benchIdle(values.quick ? 5000 : 10_000)),
    find: await step('find', () => benchFind(values.quick ? 5000 : 50_000)),
  };
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : toMarkdown(report));
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  process.stderr.write(`${name} …\n`);
  return work();
}

import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { hashFile, makeFile } from '../../test/harness/files.ts';
import type { Source } from '../contender.ts';
import { describeMachine, type Machine } from '../machine.ts';
import { type BenchParts, benchChurn, benchScenario } from './bench.ts';
import { crowdContenders } from './contenders.ts';
import { crowdObstacle } from './crowd.ts';
import { PREFIX, removeOldFolders } from './leftovers.ts';
import { type CrowdOptions, readOptions, USAGE } from './options.ts';
import { writePlots } from './plots/write-plots.ts';
import { churnReport, machineLine, scenarioReport } from './report.ts';
import type { ChurnResult, ScenarioResult } from './results.ts';

/**
 * `npm run bench:crowd`: a file from one host to many at once, each host a network namespace with its own shaped link, peerdex beside its
 * rivals in the same run. Prints Markdown; `--help` says what can be chosen.
 */
process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  let options: CrowdOptions;
  try {
    options = readOptions(args);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  const obstacle = crowdObstacle();
  if (obstacle) {
    process.stderr.write(`${obstacle}\n`);
    return 1;
  }
  // Namespaces, their processes and all files go when this process ends, however it does.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
  removeOldFolders(options.folder);
  const folder = await mkdtemp(path.join(options.folder, `${PREFIX}${process.pid}-`));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  await bench(options, folder);
  return 0;
}

async function bench(options: CrowdOptions, folder: string): Promise<void> {
  const manifest = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  const source: Source = { folder: path.join(folder, 'source'), name: 'file.bin', bytes: options.bytes };
  const file = await makeFile(path.join(source.folder, source.name), source.bytes);
  const parts: BenchParts = {
    contenders: crowdContenders(version, options.modes).filter(({ name }) =>
      options.only.split(',').some((part) => name.includes(part)),
    ),
    source,
    sourceHash: await hashFile(file),
    folder: path.join(folder, 'run'),
    rounds: options.rounds,
    say: (line) => process.stderr.write(`${line}\n`),
  };
  const machine = describeMachine(folder);
  const print = (text: string) => process.stdout.write(`${text}\n`);
  print(machineLine(machine));
  const scenarios: ScenarioResult[] = [];
  const churns: ChurnResult[] = [];
  for (const scenario of options.scenarios) {
    if (options.churn) {
      const churn = await benchChurn(scenario, parts);
      churns.push(churn);
      print(churnReport(churn));
    } else {
      const result = await benchScenario(scenario, parts);
      scenarios.push(result);
      print(scenarioReport(result, source.bytes));
    }
    // After each, for the next one may take many minutes and come to nothing.
    if (options.out !== undefined)
      await save(options.out, { machine, bytes: source.bytes, scenarios, churns });
  }
}

interface Raw {
  readonly machine: Machine;
  readonly bytes: number;
  readonly scenarios: readonly ScenarioResult[];
  readonly churns: readonly ChurnResult[];
}

async function save(folder: string, raw: Raw): Promise<void> {
  await mkdir(folder, { recursive: true });
  const name = raw.churns.length > 0 ? 'churn.json' : 'crowd.json';
  await writeFile(path.join(folder, name), JSON.stringify(raw));
  if (raw.scenarios.length > 0) await writePlots(folder, raw.scenarios, raw.bytes);
}

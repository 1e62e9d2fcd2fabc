import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Outcome, runAll } from './fuzz/runner/pool.ts';
import { TARGETS } from './fuzz/targets.ts';

/**
 * `npm run fuzz [-- --runs N] [--only NAME]… [--seed N] [--jobs N]`: every parser that reads what others send, with 1,000,000 inputs each
 * unless told, in as many processes as there are cores. Prints a table; ends with 1 when something was found, with the seed and the
 * smallest input that shows it. `--properties` runs the properties of all test files instead, 10,000 times each unless told.
 */
const ROOT = path.dirname(import.meta.dirname);
const MIB = 1024 * 1024;
const { values } = parseArgs({
  options: {
    runs: { type: 'string' },
    only: { type: 'string', multiple: true },
    seed: { type: 'string' },
    jobs: { type: 'string' },
    properties: { type: 'boolean', default: false },
  },
});

async function fuzz(): Promise<number> {
  const { only } = values;
  const unknown = only?.find((name) => !TARGETS.some((one) => one.name === name));
  if (unknown !== undefined) {
    say(`no parser is called ${unknown}; there are ${TARGETS.map(({ name }) => name).join(', ')}`);
    return 2;
  }
  const targets = TARGETS.filter(({ name }) => only?.includes(name) ?? true);
  const seed = values.seed === undefined ? randomInt(2 ** 30) : count('seed', 0);
  const [runs, jobs] = [count('runs', 1_000_000), count('jobs', availableParallelism())];
  say(`seed ${seed}`);
  say(row('parser', 'inputs', 'taken', 'seconds', 'MiB', 'failures'));
  const outcomes = await runAll(targets, { runs, seed, jobs }, tell);
  const failed = outcomes.filter(({ findings }) => findings.length > 0);
  say(
    failed.length === 0 ? 'nothing found' : `found something in ${failed.map(({ name }) => name).join(', ')}`,
  );
  return failed.length === 0 ? 0 : 1;
}

function tell({ name, inputs, taken, seconds, memory, findings }: Outcome): void {
  const share = `${((100 * taken) / Math.max(1, inputs)).toFixed(1)} %`;
  say(
    row(name, String(inputs), share, seconds.toFixed(0), (memory / MIB).toFixed(0), String(findings.length)),
  );
  for (const { seed, input, error } of findings) {
    say(
      seed === undefined
        ? '  in the corpus'
        : `  again by: npm run fuzz -- --only ${name} --seed ${seed} --runs 20000`,
    );
    say(`  input: ${input.slice(0, 4000)}`);
    say(error.replace(/^/gm, '    ').slice(0, 4000));
  }
}

function row(name: string, ...rest: string[]): string {
  return name.padEnd(20) + rest.map((one) => one.padStart(10)).join('');
}

function runProperties(runs: number): number {
  const files = globSync(['src/**/*.test.ts', 'test/**/*.test.ts'], { cwd: ROOT }).filter((file) =>
    readFileSync(path.join(ROOT, file), 'utf8').includes("'fast-check'"),
  );
  const preload = path.join(ROOT, 'test/runner/many-runs.ts');
  const args = ['--import', preload, '--test', '--test-timeout=3600000', ...files];
  const env = { ...process.env, FUZZ_RUNS: String(runs) };
  return spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit', env }).status ?? 1;
}

function count(name: 'runs' | 'seed' | 'jobs', otherwise: number): number {
  const text = values[name];
  if (text === undefined) return otherwise;
  const number = Number(text.replaceAll('_', ''));
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`--${name} is not a number: ${text}`);
  return number;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

process.exitCode = values.properties ? runProperties(count('runs', 10_000)) : await fuzz();

import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * `npm run fuzz [-- RUNS [FILE…]]`: every test file that has properties, each property with RUNS random inputs (`FUZZ_RUNS`, or
 * 10,000, when none is given) from a new seed; those that are slow with fewer, in the same ratio as in `npm test`. A failure prints the seed and the smallest input that fails.
 */
const ROOT = path.dirname(import.meta.dirname);
const [runs = process.env.FUZZ_RUNS ?? '10000', ...named] = process.argv.slice(2);
const files = named.length > 0 ? named : globSync(['src/**/*.test.ts', 'test/**/*.test.ts'], { cwd: ROOT });
const withProperties = files.filter((file) =>
  readFileSync(path.join(ROOT, file), 'utf8').includes("'fast-check'"),
);

const { status } = spawnSync(
  process.execPath,
  [
    '--import',
    path.join(ROOT, 'test/runner/many-runs.ts'),
    '--test',
    '--test-timeout=3600000',
    ...withProperties,
  ],
  { cwd: ROOT, stdio: 'inherit', env: { ...process.env, FUZZ_RUNS: runs } },
);
process.exitCode = status ?? 1;

import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { coverageByRoom } from './runner/coverage.ts';
import { provideSystemTools } from './runner/system-tools.ts';

/**
 * `npm test`: lint, types, every test, coverage by room. With arguments only the named test files run, without lint and types.
 * Exit code 0 only when everything passed; with CI=true also nothing may have been skipped.
 */
const ROOT = path.dirname(import.meta.dirname);
/** Tests in test/packages/ build for minutes: `npm run test:packages` runs them. */
const TEST_FILES = ['src/**/*.test.ts', 'test/!(packages)/**/*.test.ts', 'test/*.test.ts'];
/** Files that are tried again by themselves; more than that are no accident. */
const MOST_AGAIN = 8;
/** The unit tests of a room run in one process where test/rooms/ has a file for it. */
const ROOM_OF = /^src\/([^/]+)\//;
/** The end of a test file that hangs. A single test has no business to need a quarter of it. */
const FILE_TIMEOUT_MS = 240_000;

process.exitCode = await main(process.argv.slice(2));

async function main(named: readonly string[]): Promise<number> {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 26) {
    say(
      `the tests run on the pinned Node 26, this is ${process.versions.node}: run them with \`npm test\` after \`npm ci\``,
    );
    return 1;
  }
  provideSystemTools();
  const checked =
    named.length > 0 ||
    (tool('biome', 'ci', '--error-on-warnings') &&
      tool('tsc', '-p', '.') &&
      tool('tsc', '-p', 'src/dashboard'));
  const tested = await runTests(named.length > 0 ? filesOf(named) : filesOf(TEST_FILES).filter(standsAlone));
  if (!checked) say('lint or types failed, see above');
  return checked && tested ? 0 : 1;
}

/** Runs one of the project's own tools; its complaints go straight to the user. */
function tool(name: string, ...args: string[]): boolean {
  const { status, error } = spawnSync(path.join(ROOT, 'node_modules/.bin', name), args, {
    cwd: ROOT,
    stdio: 'inherit',
  });
  if (error) say(`cannot run ${name}: ${error.message}; run \`npm ci\` first`);
  return status === 0;
}

function filesOf(patterns: readonly string[]): string[] {
  return patterns.flatMap((pattern) => globSync(pattern, { cwd: ROOT })).sort();
}

function standsAlone(file: string): boolean {
  const room = ROOM_OF.exec(file.replaceAll(path.sep, '/'))?.[1];
  return room === undefined || !existsSync(path.join(ROOT, `test/rooms/${room}.test.ts`));
}

async function runTests(files: readonly string[]): Promise<boolean> {
  if (files.length === 0) {
    say('no test file has this name');
    return false;
  }
  const skipped: string[] = [];
  const failed = new Set<string>();
  let failures = 0;
  let passed = false;
  let coverage = '';
  const events = run({
    cwd: ROOT,
    files: [...files],
    // Daemons wait for each other now and then: one file more than there are cores keeps these busy.
    concurrency: availableParallelism() + 1,
    timeout: FILE_TIMEOUT_MS,
    coverage: true,
    coverageIncludeGlobs: ['src/**/*.ts', 'bin/**'],
    coverageExcludeGlobs: ['**/*.test.ts', '**/*.contract.ts'],
  });
  events.on('test:pass', ({ name, skip }) => {
    if (skip !== undefined) skipped.push(`${name}: ${skip === true ? 'no reason given' : skip}`);
  });
  events.on('test:fail', ({ file }) => {
    failures += 1;
    if (file !== undefined) failed.add(file);
  });
  events.on('test:coverage', ({ summary }) => {
    coverage = coverageByRoom(summary, ROOT);
  });
  events.on('test:summary', ({ file, counts }) => {
    // Its own verdict is also about coverage, whose record is lost when a process is killed while it writes its part.
    if (file === undefined) passed = failures + counts.cancelled === 0;
  });
  const lines = events.filter(({ type }: { type: string }) => type !== 'test:coverage').compose(new spec());
  for await (const line of lines) process.stdout.write(line);
  process.stdout.write(coverage);
  for (const line of skipped) say(`skipped: ${line}`);
  if (skipped.length > 0 && process.env.CI === 'true') {
    say(`${skipped.length} skipped: with CI=true that is a failure`);
    return false;
  }
  return passed || (failed.size > 0 && failed.size <= MOST_AGAIN && passAlone([...failed]));
}

/** Deadlines pass on a machine that is too busy. What failed counts when it fails by itself too; that it did is said. */
function passAlone(files: readonly string[]): boolean {
  say(`\nagain, one at a time: ${files.map((file) => path.relative(ROOT, file)).join(', ')}`);
  const failing = files.filter((file) => {
    const { status } = spawnSync(process.execPath, ['--test', file], { cwd: ROOT, stdio: 'inherit' });
    return status !== 0;
  });
  say(failing.length === 0 ? 'all of these passed by themselves' : `failed again: ${failing.join(', ')}`);
  return failing.length === 0;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { releaseChangelog } from './changelog.ts';

/** `npm version` runs it first: says in one sentence what stands in the way of a release, and ends with 1. */
const problems = [
  git('branch', '--show-current') === 'main' ? '' : 'releases are made on the branch main',
  git('status', '--porcelain') === '' ? '' : 'there are changes that are not committed',
  changelogProblem(),
].filter(Boolean);
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length > 0 ? 1 : 0;

/** Whatever number it will be. */
function changelogProblem(): string {
  try {
    releaseChangelog(readFileSync('CHANGELOG.md', 'utf8'), '999.0.0', '2000-01-01');
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

function git(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout.trim();
}

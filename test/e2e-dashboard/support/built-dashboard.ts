import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DashboardConfig } from '../../../src/app/config.ts';
import { readPackagedFile } from '../../../src/app/packaged-file.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const CACHE = path.join(ROOT, 'node_modules/.cache/peerdex-dashboard');
/** All that the build depends on. */
const SOURCES = ['src/{dashboard,protocol,core}/**/*', 'vite.config.ts', 'package-lock.json'];

/**
 * The dashboard as its sources are now, built once for all test files and away from dist/, which other tests build anew. Two files that
 * build at a time do no harm: the second finds the first's folder in place.
 */
export async function builtDashboard(): Promise<NonNullable<DashboardConfig['files']>> {
  const folder = path.join(CACHE, hashOfSources());
  if (!existsSync(folder)) {
    // It takes a second of a processor to be there, which only who has to build pays.
    const { build } = await import('vite');
    await mkdir(CACHE, { recursive: true });
    const outDir = await mkdtemp(path.join(CACHE, 'new-'));
    await build({
      root: path.join(ROOT, 'src/dashboard'),
      configFile: path.join(ROOT, 'vite.config.ts'),
      logLevel: 'warn',
      build: { outDir },
    });
    await rename(outDir, folder).catch(() => rm(outDir, { recursive: true }));
  }
  const root = pathToFileURL(`${folder}/`);
  return (name) => readPackagedFile(name, root);
}

function hashOfSources(): string {
  const files = SOURCES.flatMap((pattern) => globSync(pattern, { cwd: ROOT, withFileTypes: true }))
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${path.relative(ROOT, file)}\0`).update(readFileSync(file));
  return hash.digest('hex').slice(0, 24);
}

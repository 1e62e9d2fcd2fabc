import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { processStats } from '../../test/harness/proc-stats.ts';
import { metricsOf } from './local-api.ts';

/** What may not grow. */
export const MEASURES = ['rss', 'heap', 'external', 'fds', 'database', 'wal', 'folder', 'partials'] as const;
export type Measure = (typeof MEASURES)[number];
/** Bytes, but of `fds` and `partials`, which are counts. */
export type Sample = Readonly<Record<Measure, number>>;

/**
 * A daemon at this moment. `folder`: all of its data folder but downloads; `partials`: files of unfinished downloads there and in
 * `places`.
 */
export async function sampleOf(pid: number, data: string, places: readonly string[]): Promise<Sample> {
  const { memory, openFiles } = processStats(pid);
  const metrics = await metricsOf(data);
  const files = await filesBelow(data);
  const elsewhere = (await Promise.all(places.map(filesBelow))).flat();
  return {
    rss: memory,
    fds: openFiles,
    heap: metrics.get('nodejs_heap_size_used_bytes') ?? 0,
    external: metrics.get('nodejs_external_memory_bytes') ?? 0,
    database: sum(files.filter(({ name }) => name.endsWith('.db'))),
    wal: sum(files.filter(({ name }) => name.endsWith('-wal'))),
    folder: sum(files.filter(({ name }) => !name.startsWith('downloads/'))),
    partials:
      files.filter(({ name }) => name.startsWith('partials/')).length +
      elsewhere.filter(({ name }) => path.basename(name).startsWith('.peerdex-')).length,
  };
}

/** The least of each: memory swings between two collections, and what it never falls below is what is held. */
export const leastOf = (samples: readonly Sample[]): Sample =>
  Object.fromEntries(
    MEASURES.map((measure) => [measure, Math.min(...samples.map((sample) => sample[measure]))]),
  ) as Sample;

const sum = (files: readonly { readonly bytes: number }[]): number =>
  files.reduce((all, { bytes }) => all + bytes, 0);

/** Files that go away meanwhile count as none. */
async function filesBelow(folder: string): Promise<{ readonly name: string; readonly bytes: number }[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const files = await Promise.all(
    names.map(async (name) => {
      const stat = await lstat(path.join(folder, name)).catch(() => undefined);
      return stat?.isFile() ? [{ name, bytes: stat.size }] : [];
    }),
  );
  return files.flat();
}

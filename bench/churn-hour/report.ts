import { table } from '../table.ts';
import type { Measure, Sample } from './sample.ts';
import { trends } from './verdict.ts';

export interface Course {
  readonly name: string;
  /** One a minute. */
  readonly samples: readonly Sample[];
}

/** One row a measure and daemon, as Markdown. */
export function churnTable(courses: readonly Course[]): string {
  const rows = courses.flatMap(({ name, samples }) =>
    trends(samples).map(({ measure, from, to, grown, grows }) => [
      `${name}: ${NAMES[measure]}`,
      ...[samples[0]![measure], from, to].map((value) => figure(measure, value)),
      `${grown < 0 ? '-' : '+'}${figure(measure, Math.abs(grown))}`,
      grows ? 'grows' : 'holds',
    ]),
  );
  return table(['', 'first minute', 'third quarter', 'last quarter', 'second half, by its slope', ''], rows);
}

/** Whether nothing grows. */
export const holds = (courses: readonly Course[]): boolean =>
  courses.every(({ samples }) => trends(samples).every(({ grows }) => !grows));

const NAMES: Readonly<Record<Measure, string>> = {
  rss: 'memory (VmRSS)',
  heap: 'JavaScript objects',
  external: 'buffers',
  fds: 'open files and sockets',
  database: 'databases',
  wal: 'write-ahead log',
  folder: 'data folder',
  partials: 'files of partials',
};

function figure(measure: Measure, value: number): string {
  if (measure === 'fds' || measure === 'partials') return value.toFixed(1);
  return value < 2 ** 20 ? `${(value / 1024).toFixed(0)} KiB` : `${(value / 2 ** 20).toFixed(1)} MiB`;
}

import type { JobRow } from '../../protocol/http/local/answers.ts';
import { humanRate, humanSize } from './human.ts';
import { type Column, table } from './table.ts';

const COLUMNS: readonly Column[] = [
  { title: 'JOB' },
  { title: 'STATE' },
  { title: 'WHAT', shrinks: true },
  { title: 'DONE', align: 'right' },
  { title: 'SIZE', align: 'right' },
  { title: 'RATE', align: 'right' },
  { title: 'SOURCES', align: 'right' },
  { title: 'REASON', shrinks: true },
];

/** Downloads as a table. */
export function jobLines(jobs: readonly JobRow[], width: number | undefined): string[] {
  const rows = jobs.map((job) => [
    job.id,
    job.state,
    job.what,
    job.size > 0 ? `${Math.floor((job.bytes / job.size) * 100)} %` : job.state === 'done' ? '100 %' : '',
    humanSize(job.size),
    job.state === 'running' ? humanRate(job.rate) : '',
    job.state === 'running' ? String(job.sources) : '',
    job.reason ?? '',
  ]);
  return table(COLUMNS, rows, width);
}

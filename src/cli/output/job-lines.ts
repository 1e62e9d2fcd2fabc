import type { JobRow } from '../../protocol/http/local/job-row.ts';
import { escapeText } from './escape.ts';
import { humanRate, humanSize } from './human.ts';
import { type Column, table } from './table.ts';
import { textWidth, wrap } from './width.ts';

const COLUMNS: readonly Column[] = [
  { title: 'JOB' },
  { title: 'STATE' },
  { title: 'WHAT', shrinks: 24 },
  { title: 'DONE', align: 'right' },
  { title: 'SIZE', align: 'right', spare: 1 },
  { title: 'RATE', align: 'right', spare: 2 },
  { title: 'SOURCES', align: 'right', spare: 3 },
];
const REASON: Column = { title: 'REASON' };

/** Downloads as a table. Where it does not fit, reasons stand below their jobs. */
export function jobLines(jobs: readonly JobRow[], width: number | undefined): string[] {
  const whole = table(
    [...COLUMNS, REASON],
    jobs.map((job) => [...row(job), job.reason ?? '']),
  );
  if (width === undefined || whole.every((line) => textWidth(line) <= width)) return whole;
  const [head, ...lines] = table(COLUMNS, jobs.map(row), width);
  return [head!, ...lines.flatMap((line, i) => [line, ...reasonLines(jobs[i]!, width)])];
}

const reasonLines = ({ reason }: JobRow, width: number): string[] => (reason ? indented(reason, width) : []);

/** A sentence of somebody's as lines that fit, all indented alike. */
export function indented(text: string, width: number | undefined): string[] {
  const safe = escapeText(text);
  return (width === undefined ? [safe] : wrap(safe, Math.max(20, width - 2))).map((line) => `  ${line}`);
}

const row = (job: JobRow): string[] => [
  job.id,
  job.state,
  job.what,
  job.size > 0 ? `${Math.floor((job.bytes / job.size) * 100)} %` : job.state === 'done' ? '100 %' : '',
  humanSize(job.size),
  job.state === 'running' ? humanRate(job.rate) : '',
  job.state === 'running' ? String(job.sources) : '',
];

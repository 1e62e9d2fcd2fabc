import type { LiveJob } from '../../../protocol/http/local/live-event.ts';
import { formatCount, formatRate, formatSize } from '../../format/amounts.ts';
import { formatTimeLeft } from '../../format/times.ts';

export const isUnderWay = (state: string): boolean => ['queued', 'running', 'waiting'].includes(state);
export const canPause = (state: string): boolean => isUnderWay(state);
export const canResume = (state: string): boolean => state === 'paused' || state === 'failed';
export const canCancel = (state: string): boolean => isUnderWay(state) || canResume(state);

/** The name of what arrives: the end of what was asked for, or all of it where that is no path. */
export function titleOf(what: string): string {
  const parts = what.split('/').filter((part) => part !== '');
  return parts.at(-1) ?? what;
}

export const STATE_WORDS: Readonly<Record<LiveJob['state'], string>> = {
  queued: 'queued',
  running: 'fetching',
  waiting: 'waiting',
  paused: 'paused',
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
};

export const STATE_KINDS: Readonly<Record<LiveJob['state'], 'accent' | 'good' | 'warn' | 'bad' | undefined>> =
  {
    queued: 'accent',
    running: 'accent',
    waiting: 'warn',
    paused: undefined,
    done: 'good',
    failed: 'bad',
    cancelled: undefined,
  };

/** `12 MB of 1.0 GB`, or its size when it is whole. */
export const amountOf = ({ bytes, size }: LiveJob): string =>
  bytes >= size ? formatSize(size) : `${formatSize(bytes)} of ${formatSize(size)}`;

/** What goes on with it, in one line. */
export function lineOf(job: LiveJob): string {
  if (job.reason !== null) return job.reason;
  if (job.state !== 'running') return '';
  const left = formatTimeLeft(job.bytes, job.size, job.rate);
  const from = job.sources > 0 ? `from ${formatCount(job.sources, 'source')}` : 'looking for sources';
  return [formatRate(job.rate), from, left && `${left} left`].filter(Boolean).join(' · ');
}

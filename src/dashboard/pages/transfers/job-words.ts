import type { LiveJob } from '../../../protocol/http/local/live-event.ts';
import { formatCount, formatRate, formatSize } from '../../format/amounts.ts';
import { formatTimeLeft } from '../../format/times.ts';
import { isEqual } from './mirror-words.ts';

export const isUnderWay = (state: string): boolean => ['queued', 'running', 'waiting'].includes(state);
export const canPause = (state: string): boolean => isUnderWay(state);
export const canResume = (state: string): boolean => state === 'paused' || state === 'failed';
export const canCancel = (state: string): boolean => isUnderWay(state) || canResume(state);

/** The name of what arrives: the end of what was asked for, or all of it where that is no path. */
export function titleOf(what: string): string {
  const [first, ...rest] = what.split('/').filter((part) => part !== '');
  return rest.at(-1) ?? first?.replace(/^[^:]+:(?=.)/, '') ?? what;
}

const STATE_WORDS: Readonly<Record<LiveJob['state'], string>> = {
  queued: 'queued',
  running: 'fetching',
  waiting: 'waiting',
  paused: 'paused',
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
};

type Kind = 'accent' | 'good' | 'warn' | 'bad' | undefined;
const STATE_KINDS: Readonly<Record<LiveJob['state'], Kind>> = {
  queued: 'accent',
  running: 'accent',
  waiting: 'warn',
  paused: undefined,
  done: 'good',
  failed: 'bad',
  cancelled: undefined,
};

export function stateWord(job: LiveJob): string {
  if (job.mirror?.asks) return 'asks';
  return isEqual(job) ? 'equal' : STATE_WORDS[job.state];
}

export function stateKind(job: LiveJob): Kind {
  if (job.mirror?.asks) return 'warn';
  return isEqual(job) ? 'good' : STATE_KINDS[job.state];
}

/** `12 MB of 1.0 GB`, or its size when it is whole; empty of a mirror that fetches nothing. */
export function amountOf({ bytes, size, mirror }: LiveJob): string {
  if (bytes < size) return `${formatSize(bytes)} of ${formatSize(size)}`;
  return mirror ? '' : formatSize(size);
}

/** What goes on with it, in one line: where there are no columns for rate and time. */
export function lineOf(job: LiveJob): string {
  if (job.state !== 'running' || job.reason !== null) return shortLineOf(job);
  const left = formatTimeLeft(job.bytes, job.size, job.rate);
  return [formatRate(job.rate), left && `${left} left`, shortLineOf(job)].filter(Boolean).join(' · ');
}

/** Why nothing moves, or from how many it comes. */
export function shortLineOf({ reason, state, sources }: LiveJob): string {
  if (reason !== null) return reason;
  if (state !== 'running') return STATE_WORDS[state];
  return sources > 0 ? `from ${formatCount(sources, 'source')}` : 'looking for sources';
}

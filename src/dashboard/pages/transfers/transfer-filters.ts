import type { LiveJob } from '../../../protocol/http/local/live-event.ts';
import { isUnderWay } from './job-words.ts';
import { isEqual } from './mirror-words.ts';

/** As it stands in the address, `?show=failed`. */
export const FILTERS = ['all', 'under-way', 'paused', 'done', 'failed', 'mirrors'] as const;
export type Filter = (typeof FILTERS)[number];

export const FILTER_TITLES: Readonly<Record<Filter, string>> = {
  all: 'All',
  'under-way': 'Under way',
  paused: 'Paused',
  done: 'Done',
  failed: 'Failed',
  mirrors: 'Mirrors',
};

export const filterOf = (text: string | null): Filter => FILTERS.find((filter) => filter === text) ?? 'all';

/** A mirror that is equal is not under way: it would be so for ever. */
export function fits(job: Pick<LiveJob, 'state' | 'mirror'>, filter: Filter): boolean {
  if (filter === 'all') return true;
  if (filter === 'mirrors') return job.mirror !== undefined && job.state !== 'cancelled';
  return filter === 'under-way' ? isUnderWay(job.state) && !isEqual(job) : job.state === filter;
}

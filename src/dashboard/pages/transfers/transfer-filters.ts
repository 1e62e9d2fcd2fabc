import type { LiveJob } from '../../../protocol/http/local/live-event.ts';
import { isUnderWay } from './job-words.ts';

/** As it stands in the address, `?show=failed`. */
export const FILTERS = ['all', 'under-way', 'paused', 'done', 'failed'] as const;
export type Filter = (typeof FILTERS)[number];

export const FILTER_TITLES: Readonly<Record<Filter, string>> = {
  all: 'All',
  'under-way': 'Under way',
  paused: 'Paused',
  done: 'Done',
  failed: 'Failed',
};

export const filterOf = (text: string | null): Filter => FILTERS.find((filter) => filter === text) ?? 'all';

export function fits({ state }: Pick<LiveJob, 'state'>, filter: Filter): boolean {
  if (filter === 'all') return true;
  return filter === 'under-way' ? isUnderWay(state) : state === filter;
}

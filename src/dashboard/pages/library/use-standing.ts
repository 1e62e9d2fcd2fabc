import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api } from '../../api/client.ts';
import { useLiveJobs } from '../../api/live.ts';
import type { LibraryRow } from './library-row.ts';

/** How a content stands here. */
export type Standing =
  | { readonly is: 'here' }
  | { readonly is: 'coming'; readonly job: string; readonly bytes: number; readonly size: number };

const EVERY_MS = 1000;
/** Rows around those in sight. */
const AROUND = 120;

/** Of the rows up to `last`, by content. Asked again while something arrives. */
export function useStanding(rows: readonly LibraryRow[], last: number): ReadonlyMap<string, Standing> {
  const jobs = useLiveJobs();
  const underWay = [...(jobs?.values() ?? [])].filter(({ state }) =>
    ['queued', 'running', 'waiting'].includes(state),
  );
  const ended = (jobs?.size ?? 0) - underWay.length;
  const contents = useMemo(() => {
    const end = (Math.floor(last / 40) + 2) * 40;
    return rows.slice(Math.max(0, end - AROUND), end).flatMap(({ content }) => content ?? []);
  }, [rows, last]);
  const { data } = useQuery({
    queryKey: ['standing', contents, ended, underWay.length],
    queryFn: ({ signal }) => api.standing({ body: { contents } }, { signal }),
    enabled: contents.length > 0,
    placeholderData: keepPreviousData,
    refetchInterval: underWay.length > 0 ? EVERY_MS : false,
  });
  return useMemo(() => {
    const standing = new Map<string, Standing>();
    for (const content of data?.here ?? []) standing.set(content, { is: 'here' });
    for (const { content, ...rest } of data?.coming ?? []) standing.set(content, { is: 'coming', ...rest });
    return standing;
  }, [data]);
}

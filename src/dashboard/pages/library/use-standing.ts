import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { createContext, useContext, useMemo } from 'react';
import { api } from '../../api/client.ts';
import { useLiveJobs } from '../../api/live.ts';
import type { LibraryRow } from './library-row.ts';

/** How a content stands here. */
export type Standing =
  | { readonly is: 'here' }
  | { readonly is: 'coming'; readonly job: string; readonly bytes: number; readonly size: number };

const EVERY_MS = 1000;
/** Rows. */
const BLOCK = 40;
/** Rows around those in sight. */
const AROUND = 3 * BLOCK;

const Known = createContext<ReadonlyMap<string, Standing>>(new Map());

/** What `useStanding` told, for the cells below: only they are drawn again when it changes, and not the rows that they stand in. */
export const StandingKnown = Known.Provider;

export const useStandingOf = (content: string | null): Standing | undefined =>
  useContext(Known).get(content ?? '');

/** Another block has other rows around it. */
export const blockOf = (index: number): number => Math.floor(index / BLOCK);

/** Of the rows around a block, by content. Asked again while something arrives. */
export function useStanding(rows: readonly LibraryRow[], block: number): ReadonlyMap<string, Standing> {
  const jobs = useLiveJobs();
  const underWay = [...(jobs?.values() ?? [])].filter(({ state }) =>
    ['queued', 'running', 'waiting'].includes(state),
  );
  const ended = (jobs?.size ?? 0) - underWay.length;
  const contents = useMemo(() => {
    const end = (block + 2) * BLOCK;
    return rows.slice(Math.max(0, end - AROUND), end).flatMap(({ content }) => content ?? []);
  }, [rows, block]);
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

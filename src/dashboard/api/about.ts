import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { About } from '../../protocol/http/dashboard/own-operations.ts';
import { api } from './client.ts';

/** Its role, its addresses and the free space change without telling. */
const ABOUT_EVERY_MS = 10_000;

/** What this peer is, asked again while somebody looks. */
export const useAbout = (): UseQueryResult<About> =>
  useQuery({
    queryKey: ['about'],
    queryFn: ({ signal }) => api.about({}, { signal }),
    refetchInterval: ABOUT_EVERY_MS,
  });

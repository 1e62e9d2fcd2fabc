import { QueryClient } from '@tanstack/react-query';
import { isApiError } from './client.ts';

/** Nothing is asked again by time or focus: the stream of events says when something changed. */
export const makeQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        networkMode: 'always',
        retry: (failures, error) => failures < 2 && isApiError(error) && error.code === 'unreachable',
      },
      mutations: { networkMode: 'always', retry: false },
    },
  });

import { PeerdexError } from '../../core/errors.ts';
import type { ContentId, PeerId } from '../../core/ids.ts';
import type { Handlers, RequestContext } from '../../network/http/handlers.ts';
import {
  MAX_SEARCH_HOLDERS,
  MAX_SEARCH_RESULTS,
  type peerOperations,
} from '../../protocol/http/peer/operations.ts';

interface SearchResult {
  readonly results: readonly {
    readonly path: string;
    readonly size: number;
    readonly content: ContentId;
    readonly modified: string;
    readonly holders: readonly { readonly peer: PeerId; readonly path: string }[];
  }[];
  readonly total: number;
  readonly more: boolean;
}

export interface SearchAnswers {
  readonly search: (words: string, limit: number) => Promise<SearchResult>;
  readonly memberOf: (context: RequestContext) => unknown;
}

/** Searches of others under way at a time. */
const AT_ONCE = 4;

/** Searches the index of this peer for members whose own does not have everybody. */
export function searchHandlers({
  search,
  memberOf,
}: SearchAnswers): Pick<Handlers<typeof peerOperations>, 'searchIndex'> {
  let running = 0;
  return {
    searchIndex: async ({ query: { words, limit = MAX_SEARCH_RESULTS } }, context) => {
      memberOf(context);
      if (running >= AT_ONCE)
        throw new PeerdexError('limit', 'this peer searches for others already', { retryAfterMs: 1000 });
      running += 1;
      try {
        const { results, total, more } = await search(words, limit);
        return { results: results.map(told), total, more };
      } finally {
        running -= 1;
      }
    },
  };
}

const told = ({ path, size, content, modified, holders }: SearchResult['results'][number]) => ({
  ...{ path, size, content, modified },
  holders: holders.slice(0, MAX_SEARCH_HOLDERS).map(({ peer, path: place }) => ({ peer, path: place })),
});

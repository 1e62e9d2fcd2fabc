import type { Handlers } from '../../network/http/handlers.ts';
import type { localOperations } from '../../protocol/http/local/operations.ts';
import { withFewHolders } from './few-holders.ts';
import type { LocalParts } from './local-parts.ts';

const DEFAULT_RESULTS = 50;

/** Searches by name: the index here, and what a few others know besides where that does not have everybody. */
export function findHandler({
  queries,
  liveFind,
}: Pick<LocalParts, 'queries' | 'liveFind'>): Pick<Handlers<typeof localOperations>, 'find'> {
  return {
    async find({ query }, { signal }) {
      const { words, limit = DEFAULT_RESULTS, offset, holders, ext, peer, newer, older, ...sizes } = query;
      const local = await queries.find(words, {
        ...sizes,
        limit,
        offset,
        extensions: ext?.split(',').filter(Boolean),
        peers: peer === undefined ? undefined : [peer],
        newer: newer === undefined ? undefined : Date.parse(newer),
        older: older === undefined ? undefined : Date.parse(older),
        signal,
      });
      // Others are asked for names alone; whatever else is wanted is looked up here only, and the answer says so.
      const isPlain = ![offset, ext, peer, newer, older, ...Object.values(sizes)].some(
        (said) => said !== undefined,
      );
      const answer = await liveFind.add(local, isPlain ? words : undefined, limit, signal);
      return { ...answer, results: withFewHolders(answer.results, holders) };
    },
  };
}

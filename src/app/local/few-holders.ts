import type { Found, FoundHolder } from '../../index/queries.ts';
import type { FoundContent } from '../../protocol/http/local/index-rows.ts';

/** Holders in one answer, 170 bytes or so each; and how many of one content it names in any case. */
const MOST_IN_ALL = 5000;
const LEAST_EACH = 16;

/**
 * Names so many holders of each content at most, unless told: as many as there is room for; says of how many where that is not all.
 * First comes the one under whose path it is found, then this peer, then the others in their order.
 */
export function withFewHolders(
  results: readonly Found[],
  most = Math.max(LEAST_EACH, Math.floor(MOST_IN_ALL / results.length)),
): FoundContent[] {
  return results.map(({ holders, ...found }) => {
    if (holders.length <= most) return { ...found, holders: [...holders] };
    return { ...found, holders: firstOf(holders, found.path, most), held: holders.length };
  });
}

function firstOf(holders: readonly FoundHolder[], path: string, most: number): FoundHolder[] {
  const best = holders.find((one) => one.path === path);
  const self = holders.find((one) => one.self);
  const first = new Set([best, self].filter((one) => one !== undefined));
  const others = holders.filter((one) => !first.has(one)).slice(0, most);
  return [...first, ...others].slice(0, most);
}

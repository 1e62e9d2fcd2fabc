import type { FoundContent } from '../../protocol/http/local/index-rows.ts';
import { humanCount } from './human.ts';

/** So many names are read by nobody. */
const MOST_NAMES = 50;

/** How many hold it. */
export const holderCount = ({
  holders,
  held = holders.length,
}: Pick<FoundContent, 'holders' | 'held'>): number => held;

/** Who holds it, each name once; how many that are where they are too many to be named. */
export function heldBy(found: Pick<FoundContent, 'holders' | 'held'>): string {
  const names = [...new Set(found.holders.map(({ name, self }) => (self ? `${name} (this one)` : name)))];
  if (found.held === undefined && names.length <= MOST_NAMES) return names.join(', ');
  return `${humanCount(holderCount(found), 'peer')}: ${names.slice(0, MOST_NAMES).join(', ')}, …`;
}

import type { Candidate, SearchQuery } from '../core/ports/name-search.ts';

/** Whether an entry fits all that a search says; that it is a live file is known. */
export function fitsQuery({ owner, size, modified, folded }: Candidate, query: SearchQuery): boolean {
  const { parts, owners, minSize = 0, maxSize = Number.POSITIVE_INFINITY, extensions } = query;
  const { newer = Number.NEGATIVE_INFINITY, older = Number.POSITIVE_INFINITY } = query;
  if (!owners.has(owner) || size < minSize || size > maxSize) return false;
  if (modified < newer || modified >= older) return false;
  if (extensions && !extensions.some((extension) => folded.endsWith(`.${extension}`))) return false;
  return parts.every((part) => folded.includes(part));
}

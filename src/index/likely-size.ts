import type { OwnedEntry } from '../core/entry.ts';

/**
 * The size of one content that most owners tell, and among equals the smallest: a lie may ask for no more room than is needed. It is
 * a guess all the same, which the manifest corrects when the content is fetched.
 */
export function likelySize(entries: readonly OwnedEntry[]): number {
  const owners = new Map<number, Set<string>>();
  for (const { size, owner } of entries) {
    owners.set(size, (owners.get(size) ?? new Set()).add(owner));
  }
  const [[size] = [0]] = [...owners].sort(([a, by], [b, others]) => others.size - by.size || a - b);
  return size;
}

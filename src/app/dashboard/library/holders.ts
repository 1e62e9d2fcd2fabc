import type { OwnedEntry } from '../../../core/entry.ts';
import { PeerdexError } from '../../../core/errors.ts';
import type { ContentId, PeerId } from '../../../core/ids.ts';
import { likelySize } from '../../../index/likely-size.ts';
import { timeOf } from '../../../index/network-view.ts';
import type { libraryOperations } from '../../../protocol/http/dashboard/library-operations.ts';
import type { OutputOf } from '../../../protocol/http/operation.ts';
import type { LocalParts } from '../../local/local-parts.ts';

const MOST = 500;

/** Every place of a content that is remembered: this peer's first, then those of active peers by name, then of those that are away. */
export function holdersOf(
  content: ContentId,
  { entries, directory, self, name }: Pick<LocalParts, 'entries' | 'directory' | 'self' | 'name'>,
): OutputOf<typeof libraryOperations.holders> {
  const isActive = (owner: PeerId) => owner !== self && (directory.get(owner)?.active ?? false);
  const isAway = (owner: PeerId) => owner !== self && !isActive(owner);
  const listed: OwnedEntry[] = [];
  for (const has of [(owner: PeerId) => owner === self, isActive, isAway])
    listed.push(...entries.byContent(content, { has }, MOST + 1 - listed.length));
  if (listed.length === 0) {
    throw new PeerdexError('not-found', 'nobody lists this content any more', {
      hint: 'search for its name again',
    });
  }
  const holders = listed.slice(0, MOST).map(({ owner, path, mtime }) => {
    const known = directory.get(owner);
    const isSelf = owner === self;
    return {
      peer: owner,
      name: isSelf ? name() : (known?.name ?? owner.slice(0, 12)),
      path,
      modified: timeOf(mtime),
      self: isSelf,
      active: isSelf || isActive(owner),
    };
  });
  const rank = ({ self: isSelf, active }: (typeof holders)[number]) => (isSelf ? 0 : active ? 1 : 2);
  return {
    size: likelySize(listed),
    holders: holders.toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1)),
    more: listed.length > MOST,
  };
}

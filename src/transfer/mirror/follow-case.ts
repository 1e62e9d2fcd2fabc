import type { KeptEntry, MirrorWanted } from '../../core/mirror.ts';
import { nameKey } from '../../core/name-key.ts';
import type { RoundOptions } from './round.ts';
import { isUnaltered } from './state.ts';

/**
 * What only changed the case of its name is, where the disk takes both names for one, the same thing there: it is known by the new name from
 * now on, and does not go with the old one.
 */
export async function followCase(
  kept: Map<string, KeptEntry>,
  wanted: ReadonlyMap<string, MirrorWanted>,
  { job, parts, mirror: { store } }: RoundOptions,
): Promise<void> {
  const left = new Map<string, KeptEntry>();
  for (const entry of kept.values())
    if (!wanted.has(entry.relative)) left.set(nameKey(entry.relative), entry);
  if (left.size === 0) return;
  const renamed = [...wanted.values()].flatMap(({ relative }) => {
    const known = kept.has(relative) ? undefined : left.get(nameKey(relative));
    return known ? [{ known, relative }] : [];
  });
  const { destinations } = parts;
  if (renamed.length === 0 || !(await destinations.foldsCase(job.root))) return;
  for (const { known, relative } of renamed) {
    const stands = await destinations.look({ root: job.root, relative }).catch(() => undefined);
    if (!stands || !isUnaltered(known, stands)) continue;
    kept.delete(known.relative);
    kept.set(relative, { ...known, relative });
    store.keep(job.id, [{ ...known, relative }]);
    store.forget(job.id, [known.relative]);
  }
}

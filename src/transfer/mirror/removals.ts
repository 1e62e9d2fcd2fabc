import type { KeptEntry } from '../../core/mirror.ts';
import { asKept, isUnaltered, type MirrorPlan, type MirrorState } from './state.ts';

/**
 * What goes of all that is kept and not wanted any more. Only what the mirror brought, what is as it left it, and what is deleted by the
 * word of its owner's log. More than half of all files, or all of them, only where that was allowed; what is wanted at another place
 * is moved and not lost. `turned`: wanted as something of another kind.
 */
export function removals(
  state: MirrorState,
  turned: readonly string[],
): Pick<MirrorPlan, 'remove' | 'forget' | 'released' | 'asks'> {
  const { wanted, kept, standing, fateOf, removes, mayRemove } = state;
  const forget: string[] = [];
  const released: string[] = [];
  const deleted: KeptEntry[] = [];
  const unproven: KeptEntry[] = [];
  const left = [...kept.values()].filter(({ relative }) => !wanted.has(relative));
  for (const known of [...left, ...turned.map((relative) => kept.get(relative)!)]) {
    const stands = standing.get(known.relative) ?? asKept(known);
    if (stands.kind === 'nothing') forget.push(known.relative);
    else if (removes) {
      const fate = fateOf(known);
      if (fate === 'listed') continue;
      if (!known.brought) forget.push(known.relative);
      else if (!isUnaltered(known, stands)) released.push(known.relative);
      else (fate === 'deleted' ? deleted : unproven).push(known);
    }
  }
  const of = [...kept.values()].filter(isOwnFile).length;
  const contents = new Set([...wanted.values()].map(({ content }) => content));
  const isLost = (known: KeptEntry) => isOwnFile(known) && !contents.has(known.content);
  const files = deleted.filter(isLost).length;
  const all = files + unproven.filter(isLost).length;
  const whatever = { forget, released };
  if (all <= mayRemove && (mayRemove > 0 || unproven.length === 0))
    return { ...whatever, remove: inOrder([...deleted, ...unproven]), asks: undefined };
  if (files * 2 > of) return { ...whatever, remove: [], asks: { files: all, of, anew: files < all } };
  const asks = all > files ? { files: all, of, anew: true } : undefined;
  return { ...whatever, remove: inOrder(deleted), asks };
}

const isOwnFile = ({ kind, brought }: KeptEntry): boolean => kind === 'file' && brought;

/** Files, then folders from the deepest on. */
function inOrder(entries: readonly KeptEntry[]): readonly KeptEntry[] {
  const depth = ({ relative }: KeptEntry) => relative.split('/').length;
  return entries.toSorted((a, b) =>
    a.kind === b.kind
      ? depth(b) - depth(a) || (a.relative < b.relative ? -1 : 1)
      : a.kind === 'file'
        ? -1
        : 1,
  );
}

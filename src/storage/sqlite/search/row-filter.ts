import type { FileFilter } from '../../../core/ports/name-search.ts';
import type { Columns } from './chunk-columns.ts';
import { dayOf, sizeClass } from './row-classes.ts';
import type { RowSet } from './row-set.ts';

/**
 * Takes the rows out of a set that are of none of these owners (by number), or whose size and day are out of the question. One loop for all of
 * them: half a million rows take some milliseconds.
 */
export function rowFilter(
  {
    minSize = 0,
    maxSize = Number.POSITIVE_INFINITY,
    newer = 0,
    older = Number.POSITIVE_INFINITY,
  }: FileFilter,
  owners: ReadonlySet<number>,
): (columns: Columns, rows: RowSet) => void {
  const [least, most] = [sizeClass(minSize), sizeClass(maxSize)];
  const [from, to] = [dayOf(newer), dayOf(older)];
  const wanted = new Uint8Array(Math.max(0, ...owners) + 1);
  for (const owner of owners) wanted[owner] = 1;
  return ({ owners: of, sizes, days }, { words }) => {
    for (let at = 0; at < words.length; at += 1) {
      for (let left = words[at]!; left !== 0; left &= left - 1) {
        const bit = left & -left;
        const row = at * 32 + 31 - Math.clz32(bit);
        const size = sizes[row]!;
        const day = days[row]!;
        if (size < least || size > most || day < from || day > to || wanted[of[row]!] !== 1)
          words[at]! &= ~bit;
      }
    }
  };
}

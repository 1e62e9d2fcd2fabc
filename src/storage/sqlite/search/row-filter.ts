import type { FileFilter } from '../../../core/ports/name-search.ts';
import type { Columns } from './chunk-columns.ts';
import { dayOf, sizeClass } from './row-classes.ts';

/** Whether a row of a chunk may fit: it is of one of these owners (by number), and its size and day are not out of the question. */
export function rowFilter(
  {
    minSize = 0,
    maxSize = Number.POSITIVE_INFINITY,
    newer = 0,
    older = Number.POSITIVE_INFINITY,
  }: FileFilter,
  owners: ReadonlySet<number>,
): (columns: Columns, row: number) => boolean {
  const [least, most] = [sizeClass(minSize), sizeClass(maxSize)];
  const [from, to] = [dayOf(newer), dayOf(older)];
  return ({ owners: of, sizes, days }, row) => {
    const [size, day] = [sizes[row]!, days[row]!];
    return size >= least && size <= most && day >= from && day <= to && owners.has(of[row]!);
  };
}

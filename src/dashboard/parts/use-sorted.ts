import { useMemo, useState } from 'react';
import type { Column, Sorting } from './virtual-table.tsx';

/** Rows in the order of a column, and how another one is chosen. Equal ones keep the order they came in. */
export function useSorted<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  first: Sorting,
): { readonly rows: readonly Row[]; readonly sorting: Sorting; readonly onSort: (sorting: Sorting) => void } {
  const [sorting, onSort] = useState(first);
  const sorted = useMemo(() => {
    const sort = columns.find(({ key }) => key === sorting.key)?.sort;
    if (!sort) return rows;
    const keyed = rows.map((row) => ({ row, by: sort(row) }));
    const order = sorting.descending ? -1 : 1;
    return keyed.toSorted((a, b) => order * compare(a.by, b.by)).map(({ row }) => row);
  }, [rows, columns, sorting]);
  return { rows: sorted, sorting, onSort };
}

const TEXT = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Below 0 where `a` stands before `b` in a list for people. */
export const compareNames = (a: string, b: string): number => TEXT.compare(a, b);

function compare(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : compareNames(String(a), String(b));
}

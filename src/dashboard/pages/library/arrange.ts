import { extensionsOf, type Order, type Search } from './library-route.ts';
import type { LibraryRow } from './library-row.ts';

/** Those that the filters let through, in the order that was chosen. Folders always stand, above the files. `now`: milliseconds since 1970. */
export function arrange(
  rows: readonly LibraryRow[],
  search: Search,
  order: Order,
  now: number,
): readonly LibraryRow[] {
  const kept = rows.filter(fitting(search, now));
  if (isAsListed(order)) return kept;
  const sign = order.descending ? -1 : 1;
  const compare = COMPARE[order.key];
  return kept.toSorted((a, b) => rank(a) - rank(b) || sign * compare(a, b));
}

/** The order in which the peer lists a folder, page by page: for every other one all of it has to be known. */
export const isAsListed = ({ key, descending }: Order): boolean => key === 'name' && !descending;

/** Where the first name stands that begins so, or else has it somewhere; -1 where none does. */
export function placeOfName(rows: readonly LibraryRow[], text: string): number {
  const wanted = fold(text);
  if (wanted === '') return -1;
  const begins = rows.findIndex(({ name }) => fold(name).startsWith(wanted));
  return begins >= 0 ? begins : rows.findIndex(({ name }) => fold(name).includes(wanted));
}

function fitting(search: Search, now: number): (row: LibraryRow) => boolean {
  const { min, max, days } = search;
  const extensions = extensionsOf(search);
  const since = days === undefined ? undefined : now - days * 24 * 3_600_000;
  return ({ kind, name, size, modified }) =>
    kind !== 'file' ||
    ((extensions.length === 0 || extensions.includes(extensionOf(name))) &&
      (min === undefined || size >= min) &&
      (max === undefined || size <= max) &&
      (since === undefined || (modified !== null && Date.parse(modified) >= since)));
}

const extensionOf = (name: string): string => name.slice(name.lastIndexOf('.') + 1).toLowerCase();
const rank = ({ kind }: LibraryRow): number => (kind === 'folder' ? 0 : 1);
const fold = (text: string): string => text.normalize('NFC').toLowerCase();

const TEXT = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
const byName = (a: LibraryRow, b: LibraryRow): number => TEXT.compare(a.name, b.name);
const COMPARE: Readonly<Record<Order['key'], (a: LibraryRow, b: LibraryRow) => number>> = {
  name: byName,
  size: (a, b) => a.size - b.size,
  modified: (a, b) => (a.modified ?? '').localeCompare(b.modified ?? '', 'en'),
};

import type { JobItem } from '../../core/job.ts';
import type { WantedItem } from '../../core/wanted.ts';
import { EXECUTABLE, HAS_EXECUTABLE, HAS_MTIME, isFile, markOf, stateOf } from './item-marks.ts';
import {
  bytesOf,
  CONTENT_BYTES,
  contentIds,
  contentsOf,
  ID_DIGITS,
  NO_CONTENT,
  NUMBER_BYTES,
  numbersFor,
  setSize,
  sizeAt,
  startAt,
  viewOf,
} from './packed.ts';

/** Items that stand in one row. */
export const PAGE_ITEMS = 512;

/** The columns of a page that never change. */
export interface ItemColumns {
  /** Bytes of each. */
  readonly sizes: Uint8Array;
  /** A JSON array of where each goes. */
  readonly names: string;
  /** 32 bytes of each, of a folder zeros. */
  readonly contents: Uint8Array;
  /** Nanoseconds since 1970, 0 where that is not known. */
  readonly mtimes: Uint8Array;
}

export interface ItemPage extends ItemColumns {
  readonly marks: Uint8Array;
  readonly files: number;
  /** Bytes of all. */
  readonly size: number;
}

/** Throws `usage` for a content that is no id. */
export function pageOf(items: readonly WantedItem[]): ItemPage {
  const marks = new Uint8Array(items.length);
  const sizes = numbersFor(items.length);
  const mtimes = numbersFor(items.length);
  let [files, size] = [0, 0];
  for (let at = 0; at < items.length; at += 1) {
    const item = items[at]!;
    marks[at] = markOf(item);
    size += item.size;
    if (item.content !== undefined) files += 1;
    setSize(sizes, at, item.size);
    if (item.mtime !== undefined) mtimes.setBigInt64(at * NUMBER_BYTES, item.mtime, true);
  }
  return {
    ...{ marks, files, size, contents: contentsOf(items.map(({ content = NO_CONTENT }) => content)) },
    names: JSON.stringify(items.map(({ relative }) => relative)),
    sizes: bytesOf(sizes),
    mtimes: bytesOf(mtimes),
  };
}

/** The items at those places of the page, which ascend; `first`: the ordinal of the page's first. Failed ones are without their reason. */
export function itemsAt(
  places: readonly number[],
  first: number,
  marks: Uint8Array,
  { sizes, names, contents, mtimes }: ItemColumns,
): JobItem[] {
  const relatives = JSON.parse(names) as readonly string[];
  const from = places[0]!;
  const ids = contentIds(contents, from, places.at(-1)! + 1);
  const [numbers, times] = [viewOf(sizes), viewOf(mtimes)];
  return places.map((at) => {
    const mark = marks[at]!;
    const isFolder = !isFile(mark);
    const item: Mutable<JobItem> = {
      ordinal: first + at,
      relative: relatives[at]!,
      kind: isFolder ? 'folder' : 'file',
      size: sizeAt(numbers, at),
      content: isFolder ? undefined : ids.slice((at - from) * ID_DIGITS, (at - from + 1) * ID_DIGITS),
      state: stateOf(mark),
      code: undefined,
      reason: undefined,
    };
    if (mark & HAS_MTIME) item.mtime = times.getBigInt64(at * NUMBER_BYTES, true);
    if (mark & HAS_EXECUTABLE) item.executable = (mark & EXECUTABLE) > 0;
    return item;
  });
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Where contents lie that begin so. */
export function placesOf(starts: ReadonlySet<number>, contents: Uint8Array): readonly number[] {
  const view = viewOf(contents);
  const places: number[] = [];
  for (let at = 0; at * CONTENT_BYTES < contents.byteLength; at += 1)
    if (starts.has(startAt(view, at))) places.push(at);
  return places;
}

import { PeerdexError } from '../../core/errors.ts';
import type { ContentId } from '../../core/ids.ts';
import type { JobItem } from '../../core/job.ts';
import type { WantedItem } from '../../core/wanted.ts';
import { EXECUTABLE, HAS_EXECUTABLE, HAS_MTIME, isFile, markOf, stateOf } from './item-marks.ts';
import { contentBlob } from './values.ts';

/** Items that stand in one row. */
export const PAGE_ITEMS = 512;
const CONTENT_BYTES = 32;
const ID_DIGITS = CONTENT_BYTES * 2;
const NUMBER_BYTES = 8;

/** The columns of a page that never change. Numbers have 8 bytes, the lowest first. */
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
  const sizes = new DataView(new ArrayBuffer(items.length * NUMBER_BYTES));
  const mtimes = new DataView(new ArrayBuffer(items.length * NUMBER_BYTES));
  let [files, size] = [0, 0];
  for (let at = 0; at < items.length; at += 1) {
    const item = items[at]!;
    marks[at] = markOf(item);
    size += item.size;
    if (item.content !== undefined) files += 1;
    sizes.setUint32(at * NUMBER_BYTES, item.size, true);
    sizes.setUint32(at * NUMBER_BYTES + 4, item.size / 2 ** 32, true);
    if (item.mtime !== undefined) mtimes.setBigInt64(at * NUMBER_BYTES, item.mtime, true);
  }
  return {
    ...{ marks, files, size, contents: contentsOf(items) },
    names: JSON.stringify(items.map(({ relative }) => relative)),
    sizes: new Uint8Array(sizes.buffer),
    mtimes: new Uint8Array(mtimes.buffer),
  };
}

/** One text of all is read in a fifth of the time that one of each takes. */
function contentsOf(items: readonly WantedItem[]): Uint8Array {
  const bytes = contentBlob(items.map(({ content = NO_CONTENT }) => content).join(''))!;
  if (bytes.byteLength === items.length * CONTENT_BYTES) return bytes;
  throw new PeerdexError('usage', 'the content of an item is no content id');
}

const NO_CONTENT = '0'.repeat(ID_DIGITS);

/** The bytes of the item at that place of the page. */
export function sizeAt(sizes: DataView, at: number): number {
  return sizes.getUint32(at * NUMBER_BYTES, true) + sizes.getUint32(at * NUMBER_BYTES + 4, true) * 2 ** 32;
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

/** Of the items from one place up to another, one after the other. */
export const contentIds = (contents: Uint8Array, from: number, to: number): string =>
  Buffer.from(contents.buffer, contents.byteOffset, contents.byteLength).toString(
    'hex',
    from * CONTENT_BYTES,
    to * CONTENT_BYTES,
  );

/** The first four bytes of a content, by which it is looked for. */
export const startOf = (content: ContentId): number => Number.parseInt(content.slice(0, 8), 16);

/** Where contents lie that begin so. */
export function placesOf(starts: ReadonlySet<number>, contents: Uint8Array): readonly number[] {
  const view = viewOf(contents);
  const places: number[] = [];
  for (let at = 0; at < contents.byteLength; at += CONTENT_BYTES)
    if (starts.has(view.getUint32(at))) places.push(at / CONTENT_BYTES);
  return places;
}

export const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength);

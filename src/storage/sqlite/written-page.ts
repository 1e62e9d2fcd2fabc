import type { ContentId } from '../../core/ids.ts';
import type { LocalFile } from '../../core/ports/local-contents.ts';
import type { WrittenPlace } from '../../core/ports/local-file-store.ts';
import { keyOfPair } from './hint-table.ts';
import {
  bytesOf,
  CONTENT_BYTES,
  contentIds,
  contentsOf,
  NUMBER_BYTES,
  numbersFor,
  setSize,
  sizeAt,
  viewOf,
} from './packed.ts';

/** Files that stand in one row. */
export const PAGE_FILES = 128;
const HASHES_BYTES = 64;

/** Files below one root that were written down together. */
export interface WrittenPage {
  /** The number of the last. */
  readonly id: number;
  readonly files: number;
  readonly root: string;
  /** A byte for each: 1 once something else stands there. */
  readonly gone: Uint8Array;
  readonly contents: Uint8Array;
  readonly sizes: Uint8Array;
  readonly mtimes: Uint8Array;
  readonly devices: Uint8Array;
  readonly inodes: Uint8Array;
  /** A JSON array of where each lies below the root. */
  readonly names: string;
}

/** `hashes`: those of each, zeros of an empty file; null where they stand in tables of their own. All files have them, or none has. */
export function writtenPage(
  root: string,
  files: readonly WrittenPlace[],
): Omit<WrittenPage, 'id'> & { readonly hashes: Uint8Array | null } {
  const many = files.length;
  const [sizes, mtimes, devices, inodes] = [
    numbersFor(many),
    numbersFor(many),
    numbersFor(many),
    numbersFor(many),
  ];
  const hashes = files[0]?.hashes && new Uint8Array(many * HASHES_BYTES);
  for (let at = 0; at < many; at += 1) {
    const file = files[at]!;
    setSize(sizes, at, file.size);
    mtimes.setBigInt64(at * NUMBER_BYTES, file.mtime, true);
    devices.setBigUint64(at * NUMBER_BYTES, file.device, true);
    inodes.setBigUint64(at * NUMBER_BYTES, file.inode, true);
    if (file.hashes) hashes?.set(file.hashes, at * HASHES_BYTES);
  }
  return {
    ...{ root, files: many, gone: new Uint8Array(many) },
    contents: contentsOf(files.map(({ content }) => content)),
    ...{ sizes: bytesOf(sizes), mtimes: bytesOf(mtimes), devices: bytesOf(devices), inodes: bytesOf(inodes) },
    names: JSON.stringify(files.map(({ relative }) => relative)),
    hashes: hashes ?? null,
  };
}

/** A page as it is read from. */
export class ReadPage {
  readonly row: WrittenPage;
  readonly names: readonly string[];
  readonly #sizes: DataView;
  readonly #mtimes: DataView;
  readonly #devices: DataView;
  readonly #inodes: DataView;

  constructor(row: WrittenPage) {
    this.row = row;
    this.names = namesOf(row);
    this.#sizes = viewOf(row.sizes);
    this.#mtimes = viewOf(row.mtimes);
    this.#devices = viewOf(row.devices);
    this.#inodes = viewOf(row.inodes);
  }

  /** Where a file with that number stands, undefined where none does. */
  placeOf(number: number): number | undefined {
    const place = number - firstOf(this.row);
    return this.row.gone[place] === 0 ? place : undefined;
  }

  contentAt(place: number): ContentId {
    return contentIds(this.row.contents, place, place + 1);
  }

  sizeAt(place: number): number {
    return sizeAt(this.#sizes, place);
  }

  fileAt(place: number): LocalFile {
    const at = place * NUMBER_BYTES;
    return {
      content: this.contentAt(place),
      root: this.row.root,
      relative: this.names[place]!,
      size: this.sizeAt(place),
      mtime: this.#mtimes.getBigInt64(at, true),
      device: this.#devices.getBigUint64(at, true),
      inode: this.#inodes.getBigUint64(at, true),
    };
  }
}

/** The number of the first file. */
export const firstOf = ({ id, files }: Pick<WrittenPage, 'id' | 'files'>): number => id - files + 1;

export const namesOf = ({ names }: Pick<WrittenPage, 'names'>): readonly string[] => JSON.parse(names);

/** Of the file at that place, none of an empty one. */
export const hashesAt = (hashes: Uint8Array, place: number, size: number): Uint8Array =>
  size === 0 ? new Uint8Array() : hashes.subarray(place * HASHES_BYTES, (place + 1) * HASHES_BYTES);

/** The key by which a content is looked for. */
export const contentKey = (content: ContentId): number =>
  keyOfPair(Number.parseInt(content.slice(0, 8), 16), Number.parseInt(content.slice(8, 16), 16));
export const contentKeyAt = (contents: DataView, place: number): number =>
  keyOfPair(contents.getUint32(place * CONTENT_BYTES), contents.getUint32(place * CONTENT_BYTES + 4));

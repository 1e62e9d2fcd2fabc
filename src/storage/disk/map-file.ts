import { type FileHandle, readFile, unlink } from 'node:fs/promises';
import { Bitfield } from '../../core/bitfield.ts';
import { systemCode } from '../../core/errors.ts';
import type { ContentId } from '../../core/ids.ts';
import { LEAF_BYTES, leafCount } from '../../core/leaf-layout.ts';

/** Room for the header: two long paths in JSON. The bitmap follows. */
export const HEADER = 16384;
const PAGE = 4096;
export const FORMAT = 1;

/** What a map says of the partial that it belongs to. */
export interface MapHeader {
  readonly content: ContentId;
  readonly size: number;
  readonly root: string;
  readonly relative: string;
  /** Of the partial, as decimal digits. */
  readonly device: string;
  readonly inode: string;
}

/** Where the map says that the partial lies, whatever its state; undefined without a readable map. */
export async function readMapHeader(path: string): Promise<MapHeader | undefined> {
  return (await readMap(path))?.header;
}

/** Bytes that the map at `path` claims, at most one leaf too many; 0 without a readable map. */
export async function keptBytes(path: string): Promise<number> {
  const found = await readMap(path);
  return found ? Math.min(found.header.size, found.claimed.count * LEAF_BYTES) : 0;
}

export async function removeMap(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (systemCode(error) !== 'ENOENT') throw error;
  });
}

export interface FoundMap {
  readonly header: MapHeader & {
    readonly format: number;
    readonly boot: string;
    /** Absent in maps of older versions. */
    readonly mount?: string;
    /** The partial's mtime when it was closed in good order. */
    readonly closed?: string;
    /** Where nothing was ever written the partial reads as zeros. */
    readonly sparse?: boolean;
  };
  readonly claimed: Bitfield;
  readonly flushed: Bitfield;
}

/** A map that cannot be read counts as none: the partial is then fetched from the start. */
export async function readMap(path: string): Promise<FoundMap | undefined> {
  try {
    const bytes = await readFile(path);
    const header = JSON.parse(bytes.toString('utf8', 0, bytes.indexOf(0))) as FoundMap['header'];
    const leaves = leafCount(header.size);
    const length = Math.ceil(leaves / 8);
    const claimed = new Bitfield(leaves, new Uint8Array(bytes.subarray(HEADER, HEADER + length)));
    const at = checkpointAt(claimed);
    return {
      header,
      claimed,
      flushed: new Bitfield(leaves, new Uint8Array(bytes.subarray(at, at + length))),
    };
  } catch {
    return undefined;
  }
}

/** Where the checkpoint begins. */
export const checkpointAt = (have: Bitfield): number =>
  HEADER + Math.ceil(have.bytes.byteLength / PAGE) * PAGE;

export async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.byteLength; ) {
    at += (await file.write(bytes, at, bytes.byteLength - at, position + at)).bytesWritten;
  }
}

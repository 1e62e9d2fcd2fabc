import type { EntryKind } from '../../core/entry.ts';
import { type ContentId, fromHex, toHex } from '../../core/ids.ts';

/** How ids and 64-bit numbers stand in a column. */
export const contentBlob = (content: ContentId | undefined): Uint8Array | null =>
  content === undefined ? null : blobOf(content);
/** As fromHex, which also says what is wrong with an id; no copy, as it is only passed on. */
function blobOf(content: ContentId): Uint8Array {
  const bytes = Buffer.from(content, 'hex');
  return bytes.byteLength * 2 === content.length ? bytes : fromHex(content);
}

export const contentText = (blob: unknown): ContentId | undefined =>
  blob === null || blob === undefined ? undefined : toHex(blob as Uint8Array);

/** Devices and inodes use all 64 bits; SQLite's integers are signed. */
export const signed = (value: bigint): bigint => BigInt.asIntN(64, value);
export const unsigned = (value: unknown): bigint => BigInt.asUintN(64, value as bigint);

export const kindNumber = (kind: EntryKind): number => (kind === 'folder' ? 1 : 0);
export const kindName = (value: unknown): EntryKind => (Number(value) === 1 ? 'folder' : 'file');

export type Row = Record<string, unknown>;
/** What a statement takes. */
export type Value = string | number | bigint | Uint8Array | null;

import { closeSync, openSync, readSync } from 'node:fs';
import { systemCode } from '../../core/errors.ts';

/** https://www.sqlite.org/fileformat2.html: the `user_version` in the header of the first page, big-endian. */
const USER_VERSION_AT = 60;
const DATABASE_HEADER = 100;
const LOG_HEADER = 32;
const FRAME_HEADER = 24;

/**
 * The number of the schema (`PRAGMA user_version`) in a database file, read without SQLite: opening it would make files beside it, or
 * bring in what waits in its write-ahead log. 0 for a file that is missing or is no database yet.
 */
export function storedSchema(file: string): number {
  const logged = readFrom(`${file}-wal`, schemaInLog);
  return logged ?? readFrom(file, (read) => schemaInHeader(read(0, DATABASE_HEADER))) ?? 0;
}

/** Likewise, of a database as bytes. */
export function schemaInHeader(bytes: Uint8Array): number {
  if (bytes.byteLength < DATABASE_HEADER) return 0;
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(USER_VERSION_AT);
}

/** That of the newest first page that a committed transaction left in the log; undefined where there is none. */
function schemaInLog(read: Read): number | undefined {
  const header = read(0, LOG_HEADER);
  if (header.byteLength < LOG_HEADER) return undefined;
  const page = header.readUInt32BE(8);
  const salts = header.subarray(16, 24);
  let schema: number | undefined;
  let uncommitted: number | undefined;
  for (let at = LOG_HEADER; ; at += FRAME_HEADER + page) {
    const frame = read(at, FRAME_HEADER);
    // Frames of before the log began anew have other salts.
    if (frame.byteLength < FRAME_HEADER || !frame.subarray(8, 16).equals(salts)) return schema;
    const isFirstPage = frame.readUInt32BE(0) === 1;
    if (isFirstPage) uncommitted = schemaInHeader(read(at + FRAME_HEADER, DATABASE_HEADER));
    const isCommit = frame.readUInt32BE(4) !== 0;
    if (isCommit) schema = uncommitted ?? schema;
  }
}

/** Fewer bytes at the end of the file. */
type Read = (at: number, length: number) => Buffer;

/** Undefined for a file that is not there. */
function readFrom<T>(file: string, use: (read: Read) => T): T | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return use((at, length) => {
      const bytes = Buffer.alloc(length);
      return bytes.subarray(0, readSync(descriptor, bytes, 0, length, at));
    });
  } finally {
    closeSync(descriptor);
  }
}

import type { SmallReads } from '../../../core/ports/small-files.ts';

/**
 * Reads as a thread is told of them: in columns, because a message that holds an object for each file takes as long as reading it. A
 * place is one line of each column; the places of a file follow each other, and so do the files of a read.
 */
export interface ReadList {
  /** One for each read. */
  readonly buffers: readonly Uint8Array[];
  /** Of each read, how many files it has. */
  readonly files: readonly number[];
  /** Of each file, how many places it has; absent where each has one. */
  readonly places?: readonly number[];
  /** Of each place the root and the path below it, each with a NUL behind it, which no path has. */
  readonly paths: string;
  /** Of each place, bytes and nanoseconds since 1970. */
  readonly looks: BigInt64Array;
}

export function readListOf(reads: readonly SmallReads[]): ReadList {
  const buffers: Uint8Array[] = [];
  const files: number[] = [];
  const places: number[] = [];
  const numbers: bigint[] = [];
  let paths = '';
  for (const read of reads) {
    buffers.push(read.buffer);
    files.push(read.files.length);
    for (const file of read.files) {
      places.push(file.length);
      for (const { root, relative, size, mtime } of file) {
        paths += `${root}\0${relative}\0`;
        numbers.push(BigInt(size), mtime);
      }
    }
  }
  const list = { buffers, files, paths, looks: BigInt64Array.from(numbers) };
  return places.every((count) => count === 1) ? list : { ...list, places };
}

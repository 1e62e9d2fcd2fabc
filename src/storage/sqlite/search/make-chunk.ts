import type { DatabaseSync } from 'node:sqlite';
import type { Columns } from './chunk-columns.ts';
import { GramTable } from './gram-table.ts';
import { gramsOf } from './grams.ts';
import { dayOf, sizeClass } from './row-classes.ts';
import { writePosting } from './row-set.ts';
import type { Chunk } from './search-database.ts';

/** A chunk as it is to be stored. */
export interface MadeChunk {
  readonly chunk: Chunk;
  readonly columns: Columns;
  readonly grams: GramTable;
}

/**
 * Reads the live files with numbers from `first` to `end` out of the peer's database, `most` at most: where there are more, or their
 * names have too many grams, the chunk ends before `end`.
 */
export function makeChunk(
  peer: DatabaseSync,
  markOf: (content: Uint8Array) => number,
  first: number,
  end: number,
  most: number,
): MadeChunk {
  const grams = new GramTable();
  const columns: Columns = {
    numbers: new Uint32Array(most),
    contents: new Uint32Array(most),
    owners: new Uint32Array(most),
    sizes: new Uint8Array(most),
    days: new Uint16Array(most),
  };
  let rows = 0;
  let last = end;
  const select = peer.prepare(
    `SELECT id, owner, folded, content, size, mtime / 1000000 AS ms FROM entries
     WHERE id BETWEEN ? AND ? AND flag = 1 AND kind = 0 ORDER BY id`,
  );
  for (const { id, owner, folded, content, size, ms } of select.iterate(first, end)) {
    const number = id as number;
    if (rows === most || grams.full || number - first > 0xffff_ffff) {
      last = number - 1;
      break;
    }
    const row = rows++;
    columns.numbers[row] = number - first;
    columns.contents[row] = markOf(content as Uint8Array);
    columns.owners[row] = owner as number;
    columns.sizes[row] = sizeClass(size as number);
    columns.days[row] = dayOf(ms as number);
    gramsOf(folded as string, (a, b, c) => grams.add(row, a, b, c));
  }
  // Read last, so that it is of no earlier state than the rows.
  const seen = Number(peer.prepare('SELECT last FROM entry_numbers').get()!.last);
  const full = last < end && rows < most ? 1 : 0;
  return { chunk: { first, last, rows, full, seen }, columns, grams };
}

/** In a transaction of the caller's. */
export function storeChunk(search: DatabaseSync, { chunk, columns, grams }: MadeChunk): void {
  const { first, last, rows, full, seen } = chunk;
  const { numbers, contents, owners, sizes, days } = columns;
  search
    .prepare(
      `INSERT INTO chunks (first, last, rows, full, seen, numbers, contents, owners, sizes, days)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      ...[first, last, rows, full, seen],
      ...[numbers, contents, owners, sizes, days].map((column) => bytesOf(column, rows)),
    );
  const insert = search.prepare('INSERT INTO grams (chunk, gram, rows) VALUES (?, ?, ?)');
  for (const posting of grams.postings()) {
    insert.run(first, posting.gram, writePosting(posting.rows, rows));
  }
}

const bytesOf = (array: Columns[keyof Columns], rows: number): Uint8Array =>
  new Uint8Array(array.buffer, 0, rows * array.BYTES_PER_ELEMENT);

import type { DatabaseSync } from 'node:sqlite';
import type { Columns } from './chunk-columns.ts';
import { contentMarks } from './content-mark.ts';
import { GramTable } from './gram-table.ts';
import { gramsOf } from './grams.ts';
import { dayOf, sizeClass } from './row-classes.ts';
import { PostingWriter } from './row-set.ts';
import type { Chunk } from './search-database.ts';

/** Makes chunks, one after the other in the same memory. */
export class ChunkMaker {
  readonly #peer: DatabaseSync;
  readonly #search: DatabaseSync;
  readonly #most: number;
  readonly #markOf: (content: Uint8Array) => number;
  readonly #grams = new GramTable();
  readonly #postings = new PostingWriter();
  readonly #columns: Columns;

  constructor(peer: DatabaseSync, search: DatabaseSync, most: number) {
    this.#peer = peer;
    this.#search = search;
    this.#most = most;
    this.#markOf = contentMarks(search);
    this.#columns = {
      numbers: new Uint32Array(most),
      contents: new Uint32Array(most),
      owners: new Uint32Array(most),
      sizes: new Uint8Array(most),
      days: new Uint16Array(most),
    };
  }

  /**
   * Brings the live files with numbers from `first` to `end` into one chunk: where there are more than `most`, or their names have too
   * many grams, it ends before `end`. In a transaction of the caller's.
   */
  make(first: number, end: number): Chunk {
    this.#grams.clear();
    const { rows, last } = this.#read(first, end);
    // Read behind the rows, so that it is of no earlier state than they are.
    const seen = Number(this.#peer.prepare('SELECT last FROM entry_numbers').get()!.last);
    const full = last < end && rows < this.#most ? 1 : 0;
    const chunk: Chunk = { first, last, rows, full, seen };
    this.#store(chunk);
    return chunk;
  }

  #read(first: number, end: number): { rows: number; last: number } {
    const { numbers, contents, owners, sizes, days } = this.#columns;
    const select = this.#peer.prepare(
      `SELECT id, owner, folded, content, size, mtime / 1000000 AS ms FROM entries
       WHERE id BETWEEN ? AND ? AND flag = 1 AND kind = 0 ORDER BY id`,
    );
    let rows = 0;
    for (const { id, owner, folded, content, size, ms } of select.iterate(first, end)) {
      const number = id as number;
      if (rows === this.#most || this.#grams.full || number - first > 0xffff_ffff) {
        return { rows, last: number - 1 };
      }
      const row = rows++;
      numbers[row] = number - first;
      contents[row] = this.#markOf(content as Uint8Array);
      owners[row] = owner as number;
      sizes[row] = sizeClass(size as number);
      days[row] = dayOf(ms as number);
      gramsOf(folded as string, (a, b, c) => this.#grams.add(row, a, b, c));
    }
    return { rows, last: end };
  }

  #store({ first, last, rows, full, seen }: Chunk): void {
    const { numbers, contents, owners, sizes, days } = this.#columns;
    this.#search
      .prepare(
        `INSERT INTO chunks (first, last, rows, full, seen, numbers, contents, owners, sizes, days)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        ...[first, last, rows, full, seen],
        ...[numbers, contents, owners, sizes, days].map((column) => bytesOf(column, rows)),
      );
    const insert = this.#search.prepare('INSERT INTO grams (chunk, gram, rows) VALUES (?, ?, ?)');
    for (const posting of this.#grams.postings()) {
      insert.run(first, posting.gram, this.#postings.write(posting.rows, rows));
    }
  }
}

const bytesOf = (array: Columns[keyof Columns], rows: number): Uint8Array =>
  new Uint8Array(array.buffer, 0, rows * array.BYTES_PER_ELEMENT);

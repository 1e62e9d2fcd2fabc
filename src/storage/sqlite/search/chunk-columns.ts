import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Chunk } from './search-database.ts';

/** What a chunk knows of each of its rows. */
export interface Columns {
  /** Of `entries`, from the chunk's first on. */
  readonly numbers: Uint32Array;
  /** Two rows of one content have the same mark, others hardly ever. */
  readonly contents: Uint32Array;
  /** Numbers of `owners`. */
  readonly owners: Uint32Array;
  /** See row-classes.ts. */
  readonly sizes: Uint8Array;
  readonly days: Uint16Array;
}

/** Columns of chunks, as they were read last; at most `MAX_BYTES` of them stay in memory. */
export class ChunkColumns {
  readonly #read: StatementSync;
  /** The one used last is the last one. */
  readonly #kept = new Map<string, Columns>();
  #rows = 0;

  constructor(search: DatabaseSync) {
    this.#read = search.prepare('SELECT numbers, contents, owners, sizes, days FROM chunks WHERE first = ?');
  }

  of(chunk: Chunk): Columns {
    // A chunk that is made anew was made of a later state.
    const key = `${chunk.first}-${chunk.last}-${chunk.seen}`;
    const kept = this.#kept.get(key);
    if (kept) {
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      return kept;
    }
    const row = this.#read.get(chunk.first) as Record<keyof Columns, Uint8Array>;
    const columns: Columns = {
      numbers: new Uint32Array(bufferOf(row.numbers)),
      contents: new Uint32Array(bufferOf(row.contents)),
      owners: new Uint32Array(bufferOf(row.owners)),
      sizes: row.sizes,
      days: new Uint16Array(bufferOf(row.days)),
    };
    this.#kept.set(key, columns);
    this.#rows += chunk.rows;
    this.#dropOldest();
    return columns;
  }

  #dropOldest(): void {
    for (const [key, { sizes }] of this.#kept) {
      if (this.#rows * BYTES_A_ROW <= MAX_BYTES || this.#kept.size === 1) return;
      this.#kept.delete(key);
      this.#rows -= sizes.length;
    }
  }
}

/** The bytes by themselves, so that they begin at a whole word. */
const bufferOf = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;

const BYTES_A_ROW = 15;
const MAX_BYTES = 16 * 2 ** 20;

import type { DatabaseSync } from 'node:sqlite';
import { inTransaction } from '../database.ts';
import { contentMarks } from './content-mark.ts';
import { type MadeChunk, makeChunk, storeChunk } from './make-chunk.ts';
import { type Chunk, chunksOf, dropChunk } from './search-database.ts';

export interface ChunkLimits {
  /** Fewer rows are not worth a chunk: they are looked at one by one. */
  readonly least: number;
  /** At most 65,536. */
  readonly most: number;
}

export const CHUNK_LIMITS: ChunkLimits = { least: 4096, most: 65_536 };

/**
 * Brings the rows of `entries` (`peer`, read only) that are new into the search index, chunk by chunk; small chunks grow together, and
 * where half of all rows are gone chunks are made anew. Ends when fewer than `least` are left. The chunks are always without a gap, so
 * that what none of them has is behind the last one.
 */
export function buildChunks(peer: DatabaseSync, search: DatabaseSync, limits = CHUNK_LIMITS): void {
  const builder = new ChunkBuilder(peer, search, limits);
  while (builder.add());
  builder.compact();
}

class ChunkBuilder {
  readonly #peer: DatabaseSync;
  readonly #search: DatabaseSync;
  readonly #limits: ChunkLimits;
  readonly #markOf: (content: Uint8Array) => number;

  constructor(peer: DatabaseSync, search: DatabaseSync, limits: ChunkLimits) {
    this.#peer = peer;
    this.#search = search;
    this.#limits = limits;
    this.#markOf = contentMarks(search);
  }

  /** False when nothing is left that is worth a chunk. */
  add(): boolean {
    const chunks = chunksOf(this.#search);
    const end = Number(this.#peer.prepare('SELECT last FROM entry_numbers').get()!.last);
    const from = (chunks.at(-1)?.last ?? 0) + 1;
    let rows = end - from + 1;
    if (rows < this.#limits.least) return false;
    const taken: Chunk[] = [];
    for (let chunk = chunks.pop(); chunk && this.#grows(chunk, rows); chunk = chunks.pop()) {
      taken.push(chunk);
      rows += chunk.rows;
    }
    this.#replace(taken, [this.#make(taken.at(-1)?.first ?? from, end)]);
    return true;
  }

  compact(): void {
    const chunks = chunksOf(this.#search);
    const indexed = chunks.reduce((sum, { rows }) => sum + rows, 0);
    const files = Number(this.#peer.prepare('SELECT total(files) AS files FROM owners').get()!.files);
    if (indexed <= 2 * files + this.#limits.most) return;
    const count = this.#peer.prepare(
      'SELECT count(*) AS rows FROM entries WHERE id BETWEEN ? AND ? AND flag = 1 AND kind = 0',
    );
    let group: Chunk[] = [];
    let left = 0;
    for (const chunk of chunks) {
      const here = Number(count.get(chunk.first, chunk.last)!.rows);
      if (left + here > this.#limits.most) {
        this.#makeAnew(group, left);
        group = [];
        left = 0;
      }
      group.push(chunk);
      left += here;
    }
    this.#makeAnew(group, left);
  }

  #grows(chunk: Chunk, rows: number): boolean {
    return chunk.full === 0 && chunk.rows <= rows && chunk.rows + rows <= this.#limits.most;
  }

  /** `left`: rows of these chunks that are not gone. */
  #makeAnew(chunks: readonly Chunk[], left: number): void {
    const were = chunks.reduce((sum, { rows }) => sum + rows, 0);
    if (were === left && chunks.length <= 1) return;
    const end = chunks.at(-1)!.last;
    const made = [this.#make(chunks[0]!.first, end)];
    // Names that are very long may take more than one.
    for (let { last } = made[0]!.chunk; last < end; { last } = made.at(-1)!.chunk) {
      made.push(this.#make(last + 1, end));
    }
    this.#replace(chunks, made);
  }

  #make(first: number, end: number): MadeChunk {
    return makeChunk(this.#peer, this.#markOf, first, end, this.#limits.most);
  }

  #replace(others: readonly Chunk[], made: readonly MadeChunk[]): void {
    inTransaction(this.#search, () => {
      for (const { first } of others) dropChunk(this.#search, first);
      for (const one of made) storeChunk(this.#search, one);
    });
  }
}

import type { DatabaseSync } from 'node:sqlite';
import { inTransaction } from '../database.ts';
import { ChunkMaker } from './make-chunk.ts';
import { type Chunk, chunksOf, dropChunk } from './search-database.ts';

export interface ChunkLimits {
  /** Fewer rows are not worth a chunk: they are looked at one by one. */
  readonly least: number;
  /** At most 65,536. Twice as many take twice the memory while they are made, and a little less time in a search. */
  readonly most: number;
}

export const CHUNK_LIMITS: ChunkLimits = { least: 4096, most: 32_768 };

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
  readonly #maker: ChunkMaker;

  constructor(peer: DatabaseSync, search: DatabaseSync, limits: ChunkLimits) {
    this.#peer = peer;
    this.#search = search;
    this.#limits = limits;
    this.#maker = new ChunkMaker(peer, search, limits.most);
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
    inTransaction(this.#search, () => {
      this.#drop(taken);
      this.#maker.make(taken.at(-1)?.first ?? from, end);
    });
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
    inTransaction(this.#search, () => {
      this.#drop(chunks);
      // Names that are very long may take more than one.
      for (let from = chunks[0]!.first; from <= end; ) from = this.#maker.make(from, end).last + 1;
    });
  }

  #drop(chunks: readonly Chunk[]): void {
    for (const { first } of chunks) dropChunk(this.#search, first);
  }
}

import { MAX_DATA_BYTES } from '../../protocol/swarm/limits.ts';

/**
 * Least and most content bytes in one write. What waits in a write cannot be taken back, and how fast it goes out is seen only when all
 * of it has, so much at a time is for links that take it at once.
 */
const LEAST = 2 * MAX_DATA_BYTES;
const MOST = 16 * MAX_DATA_BYTES;
/** Milliseconds in which a write is taken for one of twice its size to be next, and after which one of half its size is. */
const SOON_MS = 4;
const LATE_MS = 8;
/** A write of this part of what was allowed is a full one: pieces are not cut to fill it. */
const FULL = 3 / 4;

/** How much to write to a connection at once: as much as the system takes within some milliseconds. */
export class WritePace {
  #bytes = LEAST;

  get bytes(): number {
    return this.#bytes;
  }

  /** A write of so many bytes was taken after so many milliseconds. */
  took(bytes: number, ms: number): void {
    if (ms > LATE_MS) this.#bytes = Math.max(LEAST, this.#bytes / 2);
    else if (ms < SOON_MS && bytes >= FULL * this.#bytes) this.#bytes = Math.min(MOST, this.#bytes * 2);
  }
}

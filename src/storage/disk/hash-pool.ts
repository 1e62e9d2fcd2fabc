import { availableParallelism } from 'node:os';
import type { Clock } from '../../core/clock.ts';
import type { Hasher, HashManner, HashOutcome } from '../../core/ports/disk.ts';
import { ThreadPool, type ThreadReply } from './thread-pool.ts';

export interface HashPoolOptions {
  /** A worker that answers HashRequest with HashReply. */
  readonly worker: URL;
  readonly clock: Clock;
  /** Threads; without it one a core, at most 4. */
  readonly size?: number;
  /** A thread that reads nothing for so long is given up. */
  readonly stallMs?: number;
  /** A thread without work for so long ends. */
  readonly idleMs?: number;
}

export interface HashRequest {
  readonly root: string;
  readonly relative: readonly string[];
  readonly manner: HashManner | undefined;
}

export type HashReply = ThreadReply<readonly HashOutcome[]>;

/** Threads that hash, started when there is work. */
export class HashPool implements Hasher {
  readonly size: number;
  readonly #threads: ThreadPool<HashRequest, readonly HashOutcome[]>;

  constructor(options: HashPoolOptions) {
    this.size = options.size ?? Math.min(4, availableParallelism());
    this.#threads = new ThreadPool({
      ...options,
      size: this.size,
      doing: 'hashing',
      about: ({ root }) => root,
    });
  }

  hash(
    root: string,
    relative: readonly string[],
    signal?: AbortSignal,
    manner?: HashManner,
  ): Promise<readonly HashOutcome[]> {
    return this.#threads.run({ root, relative, manner }, signal);
  }

  close(): Promise<void> {
    return this.#threads.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

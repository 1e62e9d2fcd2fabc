import type { Clock } from '../../../core/clock.ts';
import type { PeerId } from '../../../core/ids.ts';
import { LEAF_BYTES } from '../../../core/leaf-layout.ts';
import type {
  SmallFiles,
  SmallMiss,
  SmallReads,
  SmallStanding,
  SmallWant,
  SmallWrite,
  SmallWritten,
} from '../../../core/ports/small-files.ts';
import { LastFolder } from '../last-folder.ts';
import { ThreadPool, type ThreadReply } from '../thread-pool.ts';
import { lookSmall } from './look-small.ts';
import { type ReadList, readListOf } from './read-list.ts';
import { readSmall } from './read-small.ts';
import { type WriteSmall, writeSmall } from './write-small.ts';
import { listOf, type WrittenList, writtenIn } from './written-list.ts';

export interface SmallFilePoolOptions {
  /** A worker that answers SmallRequest with SmallReply. */
  readonly worker: URL;
  readonly clock: Clock;
  readonly size: number;
  /** Whether what is written is flushed before it gets its name. */
  readonly flush: boolean;
  /** In the names of partials. */
  readonly owner: PeerId;
}

export type SmallRequest =
  | ({ readonly do: 'read' } & ReadList)
  | { readonly do: 'look'; readonly root: string; readonly wants: readonly SmallWant[] }
  | ({ readonly do: 'write' } & WriteSmall);

/** Who wants a folder wants the next one soon, and a thread that begins anew compiles its code again. */
const IDLE_MS = 30_000;

type Answer = readonly SmallMiss[] | readonly SmallStanding[] | WrittenList;
export type SmallReply = ThreadReply<Answer>;

/** Small files by threads that make synchronous calls, which cost a fraction of asynchronous ones. */
export class SmallFilePool implements SmallFiles {
  readonly #threads: ThreadPool<SmallRequest, Answer>;
  readonly #options: SmallFilePoolOptions;

  constructor(options: SmallFilePoolOptions) {
    this.#options = options;
    this.#threads = new ThreadPool({ ...options, doing: 'file', about, idleMs: IDLE_MS });
  }

  read(reads: readonly SmallReads[]): Promise<readonly SmallMiss[]> {
    return this.#run({ do: 'read', ...readListOf(reads) });
  }

  look(root: string, wants: readonly SmallWant[]): Promise<readonly SmallStanding[]> {
    return this.#run({ do: 'look', root, wants });
  }

  async write(
    root: string,
    buffer: Uint8Array,
    files: readonly SmallWrite[],
    overwrite: boolean,
  ): Promise<readonly SmallWritten[]> {
    const { flush, owner } = this.#options;
    return writtenIn(await this.#run({ do: 'write', root, buffer, files, overwrite, flush, owner }));
  }

  close(): Promise<void> {
    return this.#threads.close();
  }

  async #run<T extends Answer>(request: SmallRequest): Promise<T> {
    return (await this.#threads.run(request)) as T;
  }
}

/** What the thread of a SmallFilePool does. */
export class SmallFileWork {
  readonly #folders = new LastFolder();
  readonly #buffer = Buffer.allocUnsafeSlow(LEAF_BYTES);
  readonly #alive: () => void;

  /** `alive` is called after each file, so that who waits can tell a slow disk from a dead one. */
  constructor(alive: () => void) {
    this.#alive = alive;
  }

  do(request: SmallRequest): Answer {
    try {
      if (request.do === 'read') return readSmall(request, this.#folders, this.#alive);
      if (request.do === 'look')
        return lookSmall(request.root, request.wants, this.#folders, this.#buffer, this.#alive);
      return listOf(writeSmall(request, this.#folders, this.#alive));
    } finally {
      // A folder that is held open would keep its drive busy.
      this.#folders.release();
    }
  }
}

function about(request: SmallRequest): string {
  return request.do === 'read' ? request.paths.slice(0, request.paths.indexOf('\0')) : request.root;
}

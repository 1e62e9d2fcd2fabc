import type { Clock } from '../core/clock.ts';
import type { ErrorCode } from '../core/errors.ts';
import { asPeerdexError } from '../core/errors.ts';
import type { Hasher, HashOutcome } from '../core/ports/disk.ts';
import type { FileLook, LocalFileStore, PendingFile, ShareRecord } from '../core/ports/local-file-store.ts';
import type { Log } from '../core/ports/log.ts';
import type { HashResult } from '../index/settle-file.ts';
import { StillFiles } from './still-files.ts';

export interface HashQueueOptions {
  readonly files: LocalFileStore;
  readonly hasher: Hasher;
  /** Threads of the hasher. */
  readonly threads: number;
  readonly log: Log;
  readonly clock: Clock;
  /** How long a file must be as it is before it is hashed, milliseconds. */
  readonly stillMs: number;
  /** Takes what hashing came to in. */
  readonly settle: (share: number, results: readonly HashResult[]) => Promise<void>;
}

/**
 * Feeds what waits in the database to the hasher: small files in batches, large ones alone and never on all threads at once.
 * The waiting files themselves stay in the database, so memory does not grow with them.
 */
export class HashQueue {
  readonly #options: HashQueueOptions;
  readonly #shares = new Map<number, ShareQueue>();
  readonly #still: StillFiles;
  #large = 0;
  #running = 0;
  #stopped = false;

  constructor(options: HashQueueOptions) {
    this.#options = options;
    this.#still = new StillFiles(options.clock, options.stillMs, () => this.#pump());
  }

  /** There may be something to do in a share; one that could not be read is tried again. */
  kick({ id, path }: Pick<ShareRecord, 'id' | 'path'>): void {
    const queue = this.#shares.get(id) ?? {
      id,
      path,
      busy: new Set(),
      gone: new AbortController(),
      after: 0,
      stalled: false,
      waiters: [],
    };
    queue.stalled = false;
    this.#shares.set(id, queue);
    this.#pump();
  }

  /** True while something of the share waits or is being hashed; what goes on changing does not count. */
  isBusy(share: number): boolean {
    const queue = this.#shares.get(share);
    if (!queue || queue.stalled) return false;
    if (queue.busy.size > 0) return true;
    const waiting = this.#options.files.pending(share, this.#still.size + 1);
    return waiting.some(({ id }) => !this.#still.isGrowing(id));
  }

  /** Files of the share that go on changing and wait to be left alone. */
  growing(share: number): number {
    if (this.#still.size === 0) return 0;
    const waiting = this.#options.files.pending(share, this.#still.size);
    return waiting.filter(({ id }) => this.#still.isGrowing(id)).length;
  }

  /** Resolves when nothing of the share waits, or when its folder does not answer. */
  whenIdle(share: number): Promise<void> {
    if (this.#stopped || !this.isBusy(share)) return Promise.resolve();
    return new Promise((resolve) => this.#shares.get(share)!.waiters.push(resolve));
  }

  drop(share: number): void {
    const queue = this.#shares.get(share);
    this.#shares.delete(share);
    queue?.gone.abort();
    for (const resolve of queue?.waiters ?? []) resolve();
  }

  stop(): void {
    this.#stopped = true;
    this.#still.stop();
    for (const share of [...this.#shares.keys()]) this.drop(share);
  }

  #pump(): void {
    while (!this.#stopped && this.#running < this.#options.threads + 1) {
      const job = this.#take();
      if (!job) return;
      void this.#run(job.queue, job.files);
    }
  }

  /** The next batch, from the share that was served longest ago. */
  #take(): { queue: ShareQueue; files: readonly PendingFile[] } | undefined {
    for (const queue of [...this.#shares.values()]) {
      if (queue.stalled) continue;
      const files = this.#next(queue);
      if (files.length === 0) continue;
      this.#shares.delete(queue.id);
      this.#shares.set(queue.id, queue);
      return { queue, files };
    }
    return undefined;
  }

  /** Those behind the last ones that were taken; when there are no more, it begins at the first again. */
  #next(queue: ShareQueue): readonly PendingFile[] {
    for (;;) {
      const limit = queue.after === 0 ? queue.busy.size + this.#still.resting + BATCH_FILES : BATCH_FILES;
      const waiting = this.#options.files
        .pending(queue.id, limit, queue.after)
        .filter(({ id }) => !queue.busy.has(id) && !this.#still.isResting(id));
      const files = this.#choose(waiting);
      if (files.length > 0 || queue.after === 0) {
        queue.after = files.at(-1)?.id ?? 0;
        return files;
      }
      queue.after = 0;
    }
  }

  #choose(waiting: readonly PendingFile[]): readonly PendingFile[] {
    const largeAllowed = this.#large < Math.max(1, this.#options.threads - 1);
    const chosen: PendingFile[] = [];
    let bytes = 0;
    for (const file of waiting) {
      if (file.size > LARGE_BYTES) {
        if (largeAllowed && chosen.length === 0) return [file];
        continue;
      }
      if (bytes + file.size > BATCH_BYTES && chosen.length > 0) break;
      chosen.push(file);
      bytes += file.size;
    }
    return chosen;
  }

  async #run(queue: ShareQueue, files: readonly PendingFile[]): Promise<void> {
    const large = files[0]!.size > LARGE_BYTES;
    this.#running += 1;
    if (large) this.#large += 1;
    for (const { id } of files) queue.busy.add(id);
    try {
      const results = await this.#hash(queue, files);
      if (!this.#stopped) await this.#options.settle(queue.id, results);
    } catch (error) {
      queue.stalled = true;
      const { message } = asPeerdexError(error);
      if (!queue.gone.signal.aborted)
        this.#options.log.warn(`hashing in ${queue.path} stopped: ${message}`, { event: 'hashing-stopped' });
    } finally {
      this.#running -= 1;
      if (large) this.#large -= 1;
      for (const { id } of files) queue.busy.delete(id);
      this.#settleWaiters(queue);
      this.#pump();
    }
  }

  /** What came of each, without those that are to be left alone for a while. */
  async #hash(queue: ShareQueue, files: readonly PendingFile[]): Promise<readonly HashResult[]> {
    const { clock, hasher, log } = this.#options;
    const relative = files.map(({ parent, name }) => (parent === '' ? name : `${parent}/${name}`));
    const began = clock.monotonic();
    const still = files.map(({ id }) => this.#still.mustBe(id));
    const outcomes = await hasher.hash(queue.path, relative, queue.gone.signal, { still });
    return files.flatMap((taken, i): HashResult[] => {
      const { id } = taken;
      const outcome = outcomes[i]!;
      if (outcome.outcome === 'failed' && !QUIET.has(outcome.code))
        log.debug(`not hashed: ${relative[i]}: ${outcome.message}`, { code: outcome.code });
      const took = outcome.outcome === 'changed' ? clock.monotonic() - began : 0;
      if (changes(outcome) && this.#still.wait(id, lookOf(outcome), took)) return [];
      this.#still.forget(id);
      return [{ id, taken, outcome }];
    });
  }

  #settleWaiters(queue: ShareQueue): void {
    if (queue.waiters.length === 0 || this.isBusy(queue.id)) return;
    for (const resolve of queue.waiters.splice(0)) resolve();
  }
}

interface ShareQueue {
  readonly id: number;
  readonly path: string;
  readonly busy: Set<number>;
  /** Aborted when it is not shared any more. */
  readonly gone: AbortController;
  /** The last id that was taken. */
  after: number;
  stalled: boolean;
  readonly waiters: (() => void)[];
}

const changes = ({ outcome }: HashOutcome): boolean => outcome === 'young' || outcome === 'changed';

const lookOf = (outcome: HashOutcome): FileLook | undefined => ('look' in outcome ? outcome.look : undefined);

/** What vanished is no news: the next pass tells. */
const QUIET: ReadonlySet<string> = new Set(['ENOENT', 'not-found' satisfies ErrorCode]);

const LARGE_BYTES = 8 * 1024 * 1024;
const BATCH_BYTES = 16 * 1024 * 1024;
const BATCH_FILES = 128;

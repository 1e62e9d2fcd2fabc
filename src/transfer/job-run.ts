import { asPeerdexError, PeerdexError } from '../core/errors.ts';
import type { ContentId, PeerId } from '../core/ids.ts';
import type { JobItem, JobRecord } from '../core/job.ts';
import type { JobStore, WhichItems } from '../core/ports/job-store.ts';
import { BatchFetch } from './batch/batch-fetch.ts';
import type { ContentFetch } from './fetch-content.ts';
import { fetchItem, type ItemParts } from './fetch-item.ts';
import type { JobListener } from './job-events.ts';
import type { FileFacts } from './job-facts.ts';
import type { JobWork } from './job-work.ts';
import type { Lanes } from './lanes.ts';

const PAGE_ITEMS = 200;
/** From so many small files and folders on they are fetched together. */
const MANY = 32;
/** So many that failed are tried again at once; the others when all else was tried. */
const MOST_RETRIED = 1000;

export interface JobRunOptions {
  readonly job: JobRecord;
  readonly parts: ItemParts;
  readonly store: JobStore;
  /** Shared by all jobs: how many files are on their way at a time, and one place a content. */
  readonly lanes: Lanes;
  readonly emit: JobListener;
  /** The file is only ever reported with this path: where it was asked to go. */
  readonly pathOf: (job: JobRecord, item: JobItem) => string;
}

/** One run of a job: every open item is tried once; those that fail do not fail the others. */
export class JobRun implements JobWork {
  readonly #options: JobRunOptions;
  /** Items that are on their way one by one, by their ordinals. */
  readonly active = new Map<number, { item: JobItem; fetch: ContentFetch }>();
  /** Items whose content another job is fetching. */
  #inLine = 0;
  #waitsForLane = false;
  #batches: BatchFetch | undefined;
  /** While it runs. */
  #signal: AbortSignal | undefined;
  readonly #retries = new Set<Promise<void>>();
  #isOnceMore = false;

  /** Bytes that the job has to put on disk, and those of its items that are done. */
  #amounts = { size: 0, done: 0 };

  constructor(options: JobRunOptions) {
    const emit: JobListener = (event) => {
      if (event.event === 'done' || event.event === 'together') this.#amounts.done += event.size;
      options.emit(event);
    };
    this.#options = { ...options, emit };
  }

  /** Verified bytes of files that are not whole yet. */
  get activeBytes(): number {
    return this.#sum((fetch) => fetch.bytes);
  }

  get rate(): number {
    return this.#sum((fetch) => fetch.rate) + (this.#batches?.rate ?? 0);
  }

  get sources(): number {
    const ofFiles = [...this.active.values()].flatMap(({ fetch }) => fetch.activeSources);
    return new Set([...ofFiles, ...(this.#batches?.sources ?? [])]).size;
  }

  /** Why nothing comes, or undefined while something may. */
  get waitsFor(): string | undefined {
    if (this.#batches?.isActive && this.active.size === 0) return this.#batches.reason;
    if (this.active.size === 0) {
      if (this.#inLine > 0) return 'another download here is fetching the same content';
      return this.#waitsForLane ? 'other downloads here come first' : undefined;
    }
    const reasons = [...this.active.values()].map(({ fetch }) => fetch.reason);
    return reasons.every((reason) => reason !== undefined) ? reasons[0] : undefined;
  }

  /** Bytes a second of many small files together, by who gives them. */
  get batchRates(): ReadonlyMap<PeerId, number> {
    return this.#batches?.rates() ?? new Map();
  }

  /** The files that are on their way at this moment. */
  files(): readonly FileFacts[] {
    const { job, pathOf } = this.#options;
    return [...this.active.values()].map(({ item, fetch }) => ({
      path: pathOf(job, item),
      content: item.content,
      bytes: fetch.bytes,
      size: fetch.size,
      reason: fetch.reason,
      sources: fetch.sources(),
    }));
  }

  emitProgress(): void {
    const { emit, job, pathOf } = this.#options;
    for (const { item, fetch } of this.active.values()) {
      emit({
        event: 'progress',
        job: job.id,
        path: pathOf(job, item),
        bytes: fetch.bytes,
        size: fetch.size,
        rate: Math.round(fetch.rate),
        sources: fetch.activeSources.length,
        reason: fetch.reason,
      });
    }
    if (this.#batches?.isActive) this.#emitBatches(this.#batches);
  }

  /** Many small files have one progress, that of the whole job. */
  #emitBatches(batches: BatchFetch): void {
    const { emit, job } = this.#options;
    const { size, done } = this.#amounts;
    emit({
      event: 'progress',
      job: job.id,
      path: job.root,
      bytes: Math.min(size, done + this.activeBytes),
      size,
      rate: Math.round(this.rate),
      sources: this.sources,
      reason: batches.reason,
      whole: true,
    });
  }

  /** Resolves when every open item was tried. Rejects with the signal's reason when it aborts; what was fetched stays. */
  async run(signal: AbortSignal): Promise<void> {
    const { job, parts } = this.#options;
    await parts.destinations.makeRoot(job.root);
    await this.#checkSpace();
    this.#signal = signal;
    try {
      do {
        this.#isOnceMore = false;
        await this.#runAll(signal);
      } while (this.#isOnceMore);
    } finally {
      this.#signal = undefined;
    }
  }

  /** Tries again what has failed so far, while the rest goes on. */
  retry(): void {
    const { job, store } = this.#options;
    if (!this.#signal) return;
    // Whoever goes through the open items has passed them: nobody else takes them up in this run.
    const failed = store.items(job.id, 'failed', -1, MOST_RETRIED);
    if (failed.length === 0) return;
    store.reopen(job.id);
    this.#isOnceMore ||= failed.length === MOST_RETRIED;
    const work = this.#runLanes(this.#signal, failed)
      .catch(() => {}) // it is stopped, as the whole run is
      .finally(() => this.#retries.delete(work));
    this.#retries.add(work);
  }

  async #runAll(signal: AbortSignal): Promise<void> {
    this.#batches = this.#smallOnes(signal);
    const open = this.#openItems(this.#batches && 'others');
    const works = [this.#runLanes(signal, open), this.#batches?.run(signal)];
    // Whoever stops the run may touch its partials once it has ended, so nothing of it may still be under way then.
    const outcomes = await Promise.allSettled(works);
    while (this.#retries.size > 0) await Promise.all(this.#retries);
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    signal.throwIfAborted();
  }

  /** Where there are many small ones, they are fetched together. */
  #smallOnes(signal: AbortSignal): BatchFetch | undefined {
    const { job, store, parts, lanes } = this.#options;
    if (!parts.small || store.items(job.id, 'open', -1, MANY, 'small').length < MANY) return undefined;
    const alone = async (item: JobItem) => {
      try {
        await lanes.enter(signal);
      } catch {
        return; // the job is stopped
      }
      await this.#runItem(item, signal).finally(() => lanes.leave());
    };
    return new BatchFetch({ ...this.#options, small: parts.small, alone });
  }

  async #runLanes(signal: AbortSignal, items: Iterable<JobItem>): Promise<void> {
    const { lanes } = this.#options;
    const running = new Set<Promise<void>>();
    try {
      for (const item of items) {
        this.#waitsForLane = true;
        await lanes.enter(signal);
        this.#waitsForLane = false;
        const one = this.#runItem(item, signal).finally(() => {
          running.delete(one);
          lanes.leave();
        });
        running.add(one);
      }
    } finally {
      await Promise.all(running);
    }
  }

  *#openItems(which?: WhichItems): Generator<JobItem> {
    const { job, store } = this.#options;
    for (let after = -1; ; ) {
      const items = store.items(job.id, 'open', after, PAGE_ITEMS, which);
      if (items.length === 0) return;
      yield* items;
      after = items.at(-1)!.ordinal;
    }
  }

  /** Before the job starts; what lies in partials already needs no room any more. */
  async #checkSpace(): Promise<void> {
    const { job, parts, store } = this.#options;
    const { size, doneBytes, open } = store.totals(job.id);
    this.#amounts = { size, done: doneBytes };
    if (open <= 1) return; // its partial checks, and knows what is there
    const kept = await parts.partials.kept();
    let bytes = size - doneBytes;
    if (kept.size > 0) {
      for (const { content } of this.#openItems()) bytes -= (content && kept.get(content)) || 0;
    }
    await parts.partials.checkSpace(job.root, Math.max(0, bytes));
  }

  async #runItem(item: JobItem, signal: AbortSignal): Promise<void> {
    const { job, parts, store, emit, pathOf } = this.#options;
    const path = pathOf(job, item);
    try {
      const outcome = await this.#alone(item, signal, () =>
        fetchItem(
          job,
          item,
          parts,
          {
            onFetch: (fetch) => this.active.set(item.ordinal, { item, fetch }),
            onPassedOver: ({ peer, error }) =>
              emit({
                event: 'passed-over',
                job: job.id,
                peer,
                name: parts.sources.nameOf(peer),
                reason: error.message,
              }),
          },
          signal,
        ),
      );
      store.endItem(job.id, item.ordinal, 'done');
      if (item.content !== undefined)
        emit({ event: 'done', job: job.id, path, content: item.content, size: item.size, ...outcome });
    } catch (error) {
      if (signal.aborted) return;
      const { code, message, hint } = asPeerdexError(error);
      store.endItem(job.id, item.ordinal, 'failed', code, message);
      emit({ event: 'failed', job: job.id, path, code, reason: message, hint });
    } finally {
      this.active.delete(item.ordinal);
    }
  }

  /** As `lanes.alone`; what waits there is counted. */
  async #alone<T>(item: JobItem, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    this.#inLine += 1;
    let isWaiting = true;
    const leaveLine = () => {
      if (isWaiting) this.#inLine -= 1;
      isWaiting = false;
    };
    try {
      return await this.#options.lanes.alone(placeOf(item), signal, () => {
        leaveLine();
        return work();
      });
    } finally {
      leaveLine();
    }
  }

  #sum(of: (fetch: ContentFetch) => number): number {
    return [...this.active.values()].reduce((sum, { fetch }) => sum + of(fetch), 0);
  }
}

/** Two wants of one content wait for each other: the second then copies what the first has fetched. */
const placeOf = (item: JobItem): ContentId | undefined => item.content;

/** Thrown into a run that is paused, cancelled or stopped with the daemon. */
export const stopped = (how: string): PeerdexError => new PeerdexError('interrupted', how);

import type { PeerId } from '../core/ids.ts';
import type { JobItem } from '../core/job.ts';
import type { WhichItems } from '../core/ports/job-store.ts';
import { BatchFetch } from './batch/batch-fetch.ts';
import type { JobListener } from './job-events.ts';
import type { FileFacts } from './job-facts.ts';
import type { JobRunOptions, JobWork } from './job-work.ts';
import { landingFolder } from './landing-folder.ts';
import { LoneItems } from './lone-items.ts';

const PAGE_ITEMS = 200;
const GO_ON = 'plug its drive in and resume the job, or get it again to put it into what is there now';
/** From so many small files and folders on they are fetched together. */
const MANY = 32;
/** So many that failed are tried again at once; the others when all else was tried. */
const MOST_RETRIED = 1000;

/** One run of a job: every open item is tried once; those that fail do not fail the others. */
export class JobRun implements JobWork {
  readonly #options: JobRunOptions;
  readonly #lone: LoneItems;
  #batches: BatchFetch | undefined;
  /** While it runs. */
  #signal: AbortSignal | undefined;
  readonly #retries = new Set<Promise<void>>();
  #isOnceMore = false;
  /** Paths of what has failed since all that is open was last begun with. */
  readonly #failed = new Set<string>();

  /** Bytes that the job has to put on disk, and those of its items that are done. */
  #amounts = { size: 0, done: 0 };

  constructor(options: JobRunOptions) {
    const emit: JobListener = (event) => {
      if (event.event === 'done' || event.event === 'together') this.#amounts.done += event.size;
      if (event.event === 'failed') this.#failed.add(event.path);
      options.emit(event);
    };
    this.#options = { ...options, emit };
    this.#lone = new LoneItems(this.#options);
  }

  get activeBytes(): number {
    return this.#lone.bytes + (this.#batches?.bytes ?? 0);
  }

  get rate(): number {
    return this.#lone.rate + (this.#batches?.rate ?? 0);
  }

  get sources(): number {
    return new Set([...this.#lone.sources, ...(this.#batches?.sources ?? [])]).size;
  }

  get waitsFor(): string | undefined {
    if (this.#batches?.isActive && this.active.size === 0) return this.#batches.reason;
    return this.#lone.waitsFor;
  }

  get active(): JobWork['active'] {
    return this.#lone.active;
  }

  get batchRates(): ReadonlyMap<PeerId, number> {
    return this.#batches?.rates() ?? new Map();
  }

  files(): readonly FileFacts[] {
    return this.#lone.files();
  }

  emitProgress(): void {
    this.#lone.emitProgress();
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
    await (this.#options.checkRoot?.() ?? this.#checkRoot());
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

  retry(): void {
    const { job, store, pathOf } = this.#options;
    const failed = store.items(job.id, 'failed', -1, MOST_RETRIED);
    if (failed.length === 0) return;
    store.reopen(job.id);
    if (!this.#signal) return; // it has not begun with any
    // Whoever goes through the open items has passed what failed meanwhile, and perhaps not what had failed before.
    const passed = failed.filter((item) => this.#failed.delete(pathOf(job, item)));
    this.#isOnceMore ||= failed.length === MOST_RETRIED || passed.length < failed.length;
    const work = this.#lone
      .run(passed, this.#signal)
      .catch(() => {}) // it is stopped, as the whole run is
      .finally(() => this.#retries.delete(work));
    this.#retries.add(work);
  }

  async #runAll(signal: AbortSignal): Promise<void> {
    this.#failed.clear();
    this.#batches = this.#smallOnes(signal);
    const open = this.#openItems(this.#batches && 'others');
    const works = [this.#batches?.run(signal), this.#lone.run(open, signal)];
    // Whoever stops the run may touch its partials once it has ended, so nothing of it may still be under way then.
    const outcomes = await Promise.allSettled(works);
    while (this.#retries.size > 0) await Promise.all(this.#retries);
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    signal.throwIfAborted();
  }

  /** Where there are many small ones, they are fetched together. */
  #smallOnes(signal: AbortSignal): BatchFetch | undefined {
    const { job, store, parts } = this.#options;
    if (!parts.small || store.items(job.id, 'open', -1, MANY, 'small').length < MANY) return undefined;
    const alone = (item: JobItem) => this.#lone.add(item, signal);
    return new BatchFetch({ ...this.#options, small: parts.small, alone });
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

  /** What is on its way to a drive that was unplugged is not put elsewhere. */
  async #checkRoot(): Promise<void> {
    const { job, store, parts } = this.#options;
    const { rootInode } = store.get(job.id) ?? job;
    const inode = await landingFolder(parts.destinations, job.root, rootInode, GO_ON);
    if (rootInode === undefined) store.setRoot(job.id, inode);
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
}

import type { Clock } from '../core/clock.ts';
import { asPeerdexError, type ErrorCode } from '../core/errors.ts';
import type { ContentId } from '../core/ids.ts';
import type { ItemState, JobId, JobItem, JobRecord, JobTotals } from '../core/job.ts';
import { LEAF_BYTES } from '../core/leaf-layout.ts';
import type { MirrorOptions } from '../core/mirror.ts';
import type { JobStore, WhichItems } from '../core/ports/job-store.ts';
import type { Log } from '../core/ports/log.ts';
import type { WantedItem } from '../core/wanted.ts';

type JobChange = Parameters<JobStore['update']>[1];

const RETRY_MS = 10_000;
const PAGE_ITEMS = 500;
/** Items whose outcome is kept; of more than those it is forgotten, and they are looked at again when the job next runs. */
const MOST_LATE = 100_000;

/**
 * Jobs whose outcomes can always be told: what the store cannot write now, because its disk is full or has failed, is kept in
 * memory, shown as if it were written, and written later. What begins something (`create`, `reopen`) throws as the store does.
 */
export class LateJobStore implements JobStore {
  readonly #store: JobStore;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #jobs = new Map<JobId, JobChange>();
  readonly #items = new Map<JobId, Map<number, JobItem>>();
  #late = 0;
  #failing = false;
  #cancelRetry: () => void = () => {};

  constructor(store: JobStore, clock: Clock, log: Log) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
  }

  /** Tries once more to write what is late; what cannot be written then is found out again at the next start. */
  stop(): void {
    this.#writeLate();
    this.#cancelRetry();
  }

  create(job: JobRecord, items: readonly WantedItem[]): void {
    this.#store.create(job, items);
  }

  setItems(id: JobId, items: readonly WantedItem[]): void {
    this.#store.setItems(id, items);
    for (const ordinal of [...(this.#items.get(id)?.keys() ?? [])]) this.#forget(id, ordinal);
  }

  /** Where it cannot be written the folder is seen for the first time at the next start too. */
  setRoot(id: JobId, inode: bigint): void {
    try {
      this.#store.setRoot(id, inode);
    } catch (error) {
      this.#failed(error);
    }
  }

  setMirror(id: JobId, mirror: MirrorOptions): void {
    this.#store.setMirror(id, mirror);
  }

  get(id: JobId): JobRecord | undefined {
    const job = this.#store.get(id);
    return job && this.#asItIs(job);
  }

  all(): readonly JobRecord[] {
    return this.#store.all().map((job) => this.#asItIs(job));
  }

  update(id: JobId, change: JobChange): void {
    this.#jobs.set(id, change);
    this.#writeLate();
  }

  items(id: JobId, state: ItemState, after: number, limit: number, which?: WhichItems): readonly JobItem[] {
    const late = this.#items.get(id);
    if (!late) return this.#store.items(id, state, after, limit, which);
    const stored: JobItem[] = [];
    for (let from = after; stored.length < limit; ) {
      const page = this.#store.items(id, state, from, limit, which);
      stored.push(...page.filter(({ ordinal }) => !late.has(ordinal)));
      if (page.length < limit) break;
      from = page.at(-1)!.ordinal;
    }
    const isMeant = ({ size }: JobItem) => which === undefined || size <= LEAF_BYTES === (which === 'small');
    const others = [...late.values()].filter(
      (item) => item.state === state && item.ordinal > after && isMeant(item),
    );
    return [...stored, ...others].sort((a, b) => a.ordinal - b.ordinal).slice(0, limit);
  }

  endItem(id: JobId, ordinal: number, state: ItemState, code?: ErrorCode, reason?: string): void {
    if (!this.#failing) {
      try {
        return this.#store.endItem(id, ordinal, state, code, reason);
      } catch (error) {
        this.#failed(error);
      }
    }
    const [item] = this.#store.items(id, 'open', ordinal - 1, 1);
    if (item?.ordinal === ordinal && this.#late < MOST_LATE) {
      const late = this.#items.get(id) ?? new Map<number, JobItem>();
      if (!late.has(ordinal)) this.#late += 1;
      this.#items.set(id, late.set(ordinal, { ...item, state, code, reason }));
    }
    this.#writeLate();
  }

  endItems(id: JobId, ordinals: readonly number[]): void {
    if (!this.#failing) {
      try {
        return this.#store.endItems(id, ordinals);
      } catch (error) {
        this.#failed(error);
      }
    }
    for (const ordinal of ordinals) this.endItem(id, ordinal, 'done');
  }

  reopen(id: JobId): void {
    this.#store.reopen(id);
    const late = this.#items.get(id);
    for (const { ordinal, state } of late?.values() ?? []) if (state === 'failed') this.#forget(id, ordinal);
  }

  totals(id: JobId): JobTotals {
    let { files, size, doneBytes, open, done, failed } = this.#store.totals(id);
    for (const item of this.#items.get(id)?.values() ?? []) {
      open -= 1;
      if (item.state === 'failed') failed += 1;
      if (item.state === 'done') {
        done += 1;
        doneBytes += item.size;
      }
    }
    return { files, size, doneBytes, open, done, failed };
  }

  keeps(contents: ReadonlySet<ContentId>, except?: JobId): (content: ContentId) => boolean {
    const isStored = this.#store.keeps(contents, except);
    return (content) => isStored(content) && this.#isStill(content, except);
  }

  /** What is stored is so except where something is late. */
  #isStill(content: ContentId, except: JobId | undefined): boolean {
    if (this.#jobs.size === 0 && this.#items.size === 0) return true;
    return this.#unended().some(
      ({ id }) => id !== except && (this.#has(id, 'open', content) || this.#has(id, 'failed', content)),
    );
  }

  #unended(): readonly JobRecord[] {
    return this.all().filter(({ state }) => state !== 'done' && state !== 'cancelled');
  }

  #has(id: JobId, state: ItemState, content: ContentId): boolean {
    for (let after = -1; ; ) {
      const items = this.items(id, state, after, PAGE_ITEMS);
      if (items.some((item) => item.content === content)) return true;
      if (items.length < PAGE_ITEMS) return false;
      after = items.at(-1)!.ordinal;
    }
  }

  prune(before: number): void {
    try {
      this.#store.prune(before);
    } catch (error) {
      this.#failed(error);
    }
  }

  #asItIs(job: JobRecord): JobRecord {
    const late = this.#jobs.get(job.id);
    return late ? { ...job, reason: undefined, ended: undefined, ...late } : job;
  }

  /** Items before their jobs: a job that is done has no open ones. */
  #writeLate(): void {
    try {
      for (const [id, items] of this.#items) {
        for (const { ordinal, state, code, reason } of items.values()) {
          this.#store.endItem(id, ordinal, state, code, reason);
          this.#forget(id, ordinal);
        }
      }
      for (const [id, change] of this.#jobs) {
        this.#store.update(id, change);
        this.#jobs.delete(id);
      }
      if (this.#failing)
        this.#log.info('what became of downloads is written down again', { event: 'jobs-written-again' });
      this.#failing = false;
      this.#cancelRetry();
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    if (!this.#failing) {
      const { message } = asPeerdexError(error);
      this.#log.warn(`what became of downloads cannot be written down and is kept in memory: ${message}`, {
        event: 'jobs-not-written',
      });
    }
    this.#failing = true;
    this.#cancelRetry();
    this.#cancelRetry = this.#clock.after(RETRY_MS, () => this.#writeLate());
  }

  #forget(id: JobId, ordinal: number): void {
    const late = this.#items.get(id);
    if (late?.delete(ordinal)) this.#late -= 1;
    if (late?.size === 0) this.#items.delete(id);
  }
}

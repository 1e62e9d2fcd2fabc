import { asPeerdexError } from '../core/errors.ts';
import type { PeerId } from '../core/ids.ts';
import type { JobItem } from '../core/job.ts';
import type { ContentFetch } from './fetch-content.ts';
import { fetchItem, type ItemOutcome } from './fetch-item.ts';
import type { FileFacts } from './job-facts.ts';
import type { JobRunOptions } from './job-work.ts';
import type { PassedOver } from './passed-over.ts';

/** Items of one job that are fetched one by one: one that fails does not fail the others. */
export class LoneItems {
  readonly #options: JobRunOptions;
  /** Those that are on their way, by their ordinals. */
  readonly active = new Map<number, { item: JobItem; fetch: ContentFetch }>();
  /** Items whose content another job is fetching. */
  #inLine = 0;
  #waitsForLane = false;

  constructor(options: JobRunOptions) {
    this.#options = options;
  }

  /** Verified bytes of files that are not whole yet. */
  get bytes(): number {
    return this.#sum((fetch) => fetch.bytes);
  }

  get rate(): number {
    return this.#sum((fetch) => fetch.rate);
  }

  /** One may be there for several files. */
  get sources(): readonly PeerId[] {
    return [...this.active.values()].flatMap(({ fetch }) => fetch.activeSources);
  }

  /** Why nothing comes, or undefined while something may. */
  get waitsFor(): string | undefined {
    if (this.active.size === 0) {
      if (this.#inLine > 0) return 'another download here is fetching the same content';
      return this.#waitsForLane ? 'other downloads here come first' : undefined;
    }
    const reasons = [...this.active.values()].map(({ fetch }) => fetch.reason);
    return reasons.every((reason) => reason !== undefined) ? reasons[0] : undefined;
  }

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
  }

  /** As many at a time as there are lanes. Resolves when each was tried; rejects with the signal's reason when none is under way. */
  async run(items: Iterable<JobItem>, signal: AbortSignal): Promise<void> {
    const { lanes } = this.#options;
    const running = new Set<Promise<void>>();
    try {
      for (const item of items) {
        this.#waitsForLane = true;
        await lanes.enter(signal);
        this.#waitsForLane = false;
        const one = this.#fetch(item, signal).finally(() => {
          running.delete(one);
          lanes.leave();
        });
        running.add(one);
      }
    } finally {
      await Promise.all(running);
    }
  }

  /** One more, when there is a lane. Resolves when it has ended, whatever came of it. */
  async add(item: JobItem, signal: AbortSignal): Promise<void> {
    const { lanes } = this.#options;
    try {
      await lanes.enter(signal);
    } catch {
      return; // the job is stopped
    }
    await this.#fetch(item, signal).finally(() => lanes.leave());
  }

  async #fetch(item: JobItem, signal: AbortSignal): Promise<void> {
    const { job, store, emit, pathOf } = this.#options;
    const path = pathOf(job, item);
    try {
      const outcome = await this.#inTurn(item, signal);
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

  /** Two wants of one content wait for each other: the second then copies what the first has fetched. */
  async #inTurn(item: JobItem, signal: AbortSignal): Promise<ItemOutcome> {
    const { job, parts, lanes, emit } = this.#options;
    this.#inLine += 1;
    let isWaiting = true;
    const leaveLine = () => {
      if (isWaiting) this.#inLine -= 1;
      isWaiting = false;
    };
    const watch = {
      onFetch: (fetch: ContentFetch) => void this.active.set(item.ordinal, { item, fetch }),
      onPassedOver: ({ peer, error: { message } }: PassedOver) => {
        const name = parts.sources.nameOf(peer);
        emit({ event: 'passed-over', job: job.id, peer, name, reason: message });
      },
    };
    try {
      return await lanes.alone(item.content, signal, () => {
        leaveLine();
        return fetchItem(job, item, parts, watch, signal);
      });
    } finally {
      leaveLine();
    }
  }

  #sum(of: (fetch: ContentFetch) => number): number {
    return [...this.active.values()].reduce((sum, { fetch }) => sum + of(fetch), 0);
  }
}

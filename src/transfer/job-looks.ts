import { Bitfield } from '../core/bitfield.ts';
import type { PeerId } from '../core/ids.ts';
import type { ItemState, JobId, JobItem, JobTotals } from '../core/job.ts';
import { leafCount } from '../core/leaf-layout.ts';
import type { JobStore } from '../core/ports/job-store.ts';
import type { PartialStore } from '../core/ports/partial.ts';
import type { ContentFetch } from './fetch-content.ts';
import { findJob } from './find-job.ts';
import type { FileFacts } from './job-facts.ts';
import type { JobWork } from './job-work.ts';
import { type LeafBins, type LeafFacts, leafBins } from './leaf-bins.ts';

export interface JobLooksOptions {
  readonly store: Pick<JobStore, 'get' | 'items' | 'totals'>;
  readonly partials: Pick<PartialStore, 'leaves'>;
  /** Those that run now. */
  readonly runs: () => ReadonlyMap<JobId, { readonly run: JobWork }>;
}

/** One thing of a job, and how far it is. */
export interface ItemLook extends JobItem {
  /** Verified bytes on disk, while it is on its way; 0 before, its size when it is done. */
  readonly bytes: number;
  readonly isUnderWay: boolean;
}

export interface ItemsPage {
  readonly items: readonly ItemLook[];
  readonly totals: JobTotals;
  /** `after` of the page behind it; undefined for the last one. */
  readonly next: number | undefined;
}

export interface LeafLook {
  readonly item: JobItem;
  readonly bins: LeafBins;
}

/** Looks into jobs for people: their items by pages, the map of leaves of one, and who gives how much. Changes nothing. */
export class JobLooks {
  readonly #options: JobLooksOptions;

  constructor(options: JobLooksOptions) {
    this.#options = options;
  }

  /** Items in that state with a higher ordinal than `after`. */
  items(id: JobId, state: ItemState, after: number, limit: number): ItemsPage {
    const { store, runs } = this.#options;
    findJob(id, store);
    const items = store.items(id, state, after, limit + 1);
    const active = runs().get(id)?.run;
    return {
      items: items.slice(0, limit).map((item) => {
        const fetch = active?.active.get(item.ordinal)?.fetch;
        const bytes = item.state === 'done' ? item.size : (fetch?.bytes ?? 0);
        return { ...item, bytes, isUnderWay: fetch !== undefined };
      }),
      totals: store.totals(id),
      next: items.length > limit ? items[limit - 1]!.ordinal : undefined,
    };
  }

  /**
   * Which leaves of a file of the job are here, in at most `most` bins. Without an ordinal of the file that has most to come of those
   * under way, else of the first that is not done, else of the first. Undefined where the job has no such file.
   */
  async leaves(id: JobId, ordinal: number | undefined, most: number): Promise<LeafLook | undefined> {
    const { store, runs } = this.#options;
    findJob(id, store);
    const run = runs().get(id)?.run;
    const item =
      ordinal === undefined ? (largestFile(run) ?? this.#firstFile(id)) : this.#itemAt(id, ordinal);
    if (item?.content === undefined) return undefined;
    return { item, bins: leafBins(await this.#leavesOf(item, run), most) };
  }

  /** Files that are on their way at this moment, of all jobs. */
  underWay(): readonly (FileFacts & { readonly job: JobId })[] {
    return [...this.#options.runs()].flatMap(([job, { run }]) =>
      run.files().map((file) => ({ ...file, job })),
    );
  }

  /** Bytes a second that each peer gives to all jobs. */
  rates(): ReadonlyMap<PeerId, number> {
    const rates = new Map<PeerId, number>();
    const add = (peer: PeerId, rate: number) => rate > 0 && rates.set(peer, (rates.get(peer) ?? 0) + rate);
    for (const { run } of this.#options.runs().values()) {
      for (const { sources } of run.files()) for (const { peer, rate } of sources) add(peer, rate);
      for (const [peer, rate] of run.batchRates) add(peer, rate);
    }
    return rates;
  }

  async #leavesOf(item: JobItem, run: JobWork | undefined): Promise<LeafFacts> {
    const leaves = leafCount(item.size);
    if (item.state === 'done') return { have: Bitfield.full(leaves), coming: NONE };
    const active = run?.active.get(item.ordinal)?.fetch.leaves();
    if (active) return active;
    const kept = await this.#options.partials.leaves(item.content!);
    return { have: kept ?? new Bitfield(leaves), coming: NONE };
  }

  #itemAt(id: JobId, ordinal: number): JobItem | undefined {
    for (const state of STATES) {
      const [item] = this.#options.store.items(id, state, ordinal - 1, 1);
      if (item?.ordinal === ordinal) return item;
    }
    return undefined;
  }

  #firstFile(id: JobId): JobItem | undefined {
    for (const state of STATES) {
      const items = this.#options.store.items(id, state, -1, MOST_LOOKED_AT);
      const file = items.find(({ content }) => content !== undefined);
      if (file) return file;
    }
    return undefined;
  }
}

/** The file on its way that has most to come. */
function largestFile(run: JobWork | undefined): JobItem | undefined {
  const missing = ({ fetch }: { readonly fetch: ContentFetch }) => fetch.size - fetch.bytes;
  return [...(run?.active.values() ?? [])].toSorted((a, b) => missing(b) - missing(a))[0]?.item;
}

const STATES: readonly ItemState[] = ['open', 'failed', 'done'];
/** Folders may come before the first file. */
const MOST_LOOKED_AT = 100;
const NONE: ReadonlySet<number> = new Set();

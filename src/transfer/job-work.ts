import type { PeerId } from '../core/ids.ts';
import type { JobItem, JobRecord } from '../core/job.ts';
import type { MirrorPass } from '../core/mirror.ts';
import type { JobStore } from '../core/ports/job-store.ts';
import type { ContentFetch } from './fetch-content.ts';
import type { ItemParts } from './fetch-item.ts';
import type { JobListener } from './job-events.ts';
import type { FileFacts } from './job-facts.ts';
import type { Lanes } from './lanes.ts';

/** What a run of a job is made from. */
export interface JobRunOptions {
  readonly job: JobRecord;
  readonly parts: ItemParts;
  readonly store: JobStore;
  /** Shared by all jobs: how many files are on their way at a time, and one place a content. */
  readonly lanes: Lanes;
  readonly emit: JobListener;
  /** The file is only ever reported with this path: where it was asked to go. */
  readonly pathOf: (job: JobRecord, item: JobItem) => string;
  /** Sees to it that its folder is there, as a run begins; it is made where this is absent. */
  readonly checkRoot?: (() => Promise<void>) | undefined;
}

/** A job at work, as its service sees it. */
export interface JobWork {
  /** Verified bytes of files that are not whole yet. */
  readonly activeBytes: number;
  readonly rate: number;
  readonly sources: number;
  /** Why nothing comes, or undefined while something may. */
  readonly waitsFor: string | undefined;
  /** Of a mirror: files that are not removed before `allow` says so, of how many. */
  readonly asks?: { readonly files: number; readonly of: number } | undefined;
  allow?(files: number): void;
  /** Of a mirror: what its last round came to; undefined before the first has ended. */
  readonly pass?: MirrorPass | undefined;
  /** Tries again what has failed so far, while the rest goes on. */
  retry?(): void;
  /** The files that are on their way at this moment. */
  files(): readonly FileFacts[];
  /** Items that are on their way one by one, by their ordinals. */
  readonly active: ReadonlyMap<number, { readonly item: JobItem; readonly fetch: ContentFetch }>;
  /** Bytes a second of many small files together, by who gives them. */
  readonly batchRates: ReadonlyMap<PeerId, number>;
  emitProgress(): void;
  run(signal: AbortSignal): Promise<void>;
}

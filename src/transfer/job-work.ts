import type { PeerId } from '../core/ids.ts';
import type { JobItem } from '../core/job.ts';
import type { MirrorPass } from '../core/mirror.ts';
import type { ContentFetch } from './fetch-content.ts';
import type { FileFacts } from './job-facts.ts';

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

import type { JobId } from '../job.ts';
import type { KeptEntry } from '../mirror.ts';

/** What mirrors know of their folders, as it outlives the process. All of a job's goes with the job. */
export interface MirrorStore {
  /** By rising path, those behind `after` ('' is before all). */
  kept(job: JobId, after: string, limit: number): readonly KeptEntry[];
  /** Replaces what is known of the same paths. */
  keep(job: JobId, entries: readonly KeptEntry[]): void;
  forget(job: JobId, relatives: readonly string[]): void;
}

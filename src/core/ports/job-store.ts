import type { ErrorCode } from '../errors.ts';
import type { ContentId } from '../ids.ts';
import type { ItemState, JobId, JobItem, JobRecord, JobTotals } from '../job.ts';
import type { MirrorOptions } from '../mirror.ts';
import type { WantedItem } from '../wanted.ts';

/** Small: folders, and files of one leaf at most, as an index tells their size. */
export type WhichItems = 'small' | 'others';

/** Downloads as they outlive the process. */
export interface JobStore {
  create(job: JobRecord, items: readonly WantedItem[]): void;
  get(id: JobId): JobRecord | undefined;
  /** Oldest first. */
  all(): readonly JobRecord[];
  update(id: JobId, change: Pick<JobRecord, 'state'> & Partial<Pick<JobRecord, 'reason' | 'ended'>>): void;
  /** Other items, all open, in place of those that the job had. */
  setItems(id: JobId, items: readonly WantedItem[]): void;
  /** The folder where the job lands has this inode. */
  setRoot(id: JobId, inode: bigint): void;
  /** Of a job that is a mirror. */
  setMirror(id: JobId, mirror: MirrorOptions): void;
  /** Items in that state with a higher ordinal than `after`, in order. `which`: only those that are small, or the others. */
  items(id: JobId, state: ItemState, after: number, limit: number, which?: WhichItems): readonly JobItem[];
  endItem(id: JobId, ordinal: number, state: ItemState, code?: ErrorCode, reason?: string): void;
  /** As `endItem`, for many that are done. */
  endItems(id: JobId, ordinals: readonly number[]): void;
  /** Failed items are open again. */
  reopen(id: JobId): void;
  totals(id: JobId): JobTotals;
  /**
   * Whether some job other than `except` could go on with what was fetched of one of the contents: it is an open or failed item of one that
   * is neither done nor cancelled. Asking for many goes through those jobs once. What comes to be wanted later is told; what is wanted no
   * more may still be told to be.
   */
  keeps(contents: ReadonlySet<ContentId>, except?: JobId): (content: ContentId) => boolean;
  /** Forgets jobs that ended before `before`; of mirrors only those that were cancelled. */
  prune(before: number): void;
}

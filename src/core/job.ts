import type { ErrorCode } from './errors.ts';
import type { PeerId } from './ids.ts';
import type { MirrorOptions } from './mirror.ts';
import type { WantedItem } from './wanted.ts';

/** Letters and digits, drawn at random. */
export type JobId = string;

/** Where a job stands as it is stored. A running one that has no source shows as `waiting`. */
export type StoredJobState = 'queued' | 'running' | 'paused' | 'done' | 'failed' | 'cancelled';

/** A download that the user asked for. Times are milliseconds since 1970. */
export interface JobRecord {
  readonly id: JobId;
  /** As typed. */
  readonly what: string;
  readonly state: StoredJobState;
  /** Why it failed. */
  readonly reason?: string | undefined;
  /** Absolute; everything lands below it. */
  readonly root: string;
  /** Of the folder there, 0 where its file system keeps none; absent until the job has seen it. */
  readonly rootInode?: bigint | undefined;
  readonly overwrite: boolean;
  /** Take files from this peer only. */
  readonly from?: PeerId | undefined;
  readonly created: number;
  readonly ended?: number | undefined;
  /** Of a mirror: its items are what is on its way at the moment. */
  readonly mirror?: MirrorOptions | undefined;
}

export type ItemState = 'open' | 'done' | 'failed';

/** One thing that a job puts on disk. */
export interface JobItem extends WantedItem {
  /** From 0 within its job. */
  readonly ordinal: number;
  readonly state: ItemState;
  readonly code?: ErrorCode | undefined;
  readonly reason?: string | undefined;
}

/** What a job's items come to. */
export interface JobTotals {
  readonly files: number;
  /** Bytes of all files. */
  readonly size: number;
  /** Bytes of the files that are done. */
  readonly doneBytes: number;
  /** Items, folders among them, by their state. */
  readonly open: number;
  readonly done: number;
  readonly failed: number;
}

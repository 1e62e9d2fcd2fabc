import type { ErrorCode } from '../core/errors.ts';
import type { ContentId, PeerId } from '../core/ids.ts';
import type { JobId, StoredJobState } from '../core/job.ts';

/** What happens to jobs, for whoever watches. `path` is absolute. */
export type JobEvent =
  | {
      readonly event: 'progress';
      readonly job: JobId;
      readonly path: string;
      readonly bytes: number;
      readonly size: number;
      readonly rate: number;
      readonly sources: number;
      readonly reason?: string | undefined;
      /** Path, bytes and size are the whole job's, of whose many small files none is told of by itself. */
      readonly whole?: boolean | undefined;
    }
  | {
      readonly event: 'done';
      readonly job: JobId;
      readonly path: string;
      readonly content: ContentId;
      /** Fetched from other peers. */
      readonly bytes: number;
      /** Bytes of the file. */
      readonly size: number;
      readonly seconds: number;
      readonly sources: readonly { readonly peer: PeerId; readonly bytes: number }[];
    }
  /** Many small files that stand where they belong: what `done` tells of each is made only for who wants it. */
  | {
      readonly event: 'together';
      readonly job: JobId;
      /** The innermost folder that all of them are in, absolute. */
      readonly folder: string;
      readonly files: number;
      /** Fetched from other peers. */
      readonly bytes: number;
      /** Bytes of the files. */
      readonly size: number;
      /** Files that lay on this machine already, but for empty ones. */
      readonly held: number;
      readonly sources: readonly { readonly peer: PeerId; readonly bytes: number }[];
      readonly each: () => readonly Extract<JobEvent, { event: 'done' }>[];
    }
  | {
      readonly event: 'failed';
      readonly job: JobId;
      readonly path: string;
      readonly code: ErrorCode;
      readonly reason: string;
      readonly hint?: string | undefined;
    }
  | {
      readonly event: 'passed-over';
      readonly job: JobId;
      readonly peer: PeerId;
      readonly name: string;
      readonly reason: string;
    }
  /** A mirror has removed this file. */
  | { readonly event: 'removed'; readonly job: JobId; readonly path: string }
  /** A mirror leaves this alone, though it is not what is wanted there. */
  | { readonly event: 'kept'; readonly job: JobId; readonly path: string; readonly reason: string }
  /** A mirror removes so many of its files only when somebody says so. */
  | { readonly event: 'asks'; readonly job: JobId; readonly files: number; readonly of: number }
  /** A mirror has done what there is to do: all is equal, or it waits for something. */
  | { readonly event: 'equal'; readonly job: JobId }
  | { readonly event: 'waits'; readonly job: JobId; readonly reason: string }
  /** A mirror is given other options, ends, and goes on by them. */
  | { readonly event: 'altered'; readonly job: JobId }
  /** A new job, or one that goes on. */
  | { readonly event: 'began'; readonly job: JobId }
  | { readonly event: 'ended'; readonly job: JobId; readonly state: StoredJobState };

export type JobListener = (event: JobEvent) => void;

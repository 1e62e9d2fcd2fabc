import type { ContentId } from '../core/ids.ts';
import type { JobView } from './job-view.ts';
import type { SourceFacts } from './source-shares.ts';

/** One file of a job that is on its way. */
export interface FileFacts {
  /** Absolute. */
  readonly path: string;
  readonly content: ContentId | undefined;
  readonly bytes: number;
  readonly size: number;
  /** Why nothing comes, or undefined while something may. */
  readonly reason: string | undefined;
  readonly sources: readonly SourceFacts[];
}

/** A peer that lists a wanted file and is not active. */
export interface AbsentHolder {
  readonly name: string;
  /** Milliseconds since 1970: when it was last active. */
  readonly lastSeen: number;
}

/** Everything that says what holds a job back, at one moment. */
export interface JobFacts {
  readonly job: JobView;
  readonly isRunning: boolean;
  readonly files: readonly FileFacts[];
  /** Bytes a second of all downloads here, and what they may be; undefined: no limit. */
  readonly rate: number;
  readonly limit: number | undefined;
  /** Of files for which there is no source. */
  readonly absent: readonly AbsentHolder[];
}

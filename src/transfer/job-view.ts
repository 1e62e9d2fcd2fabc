import type { ContentId } from '../core/ids.ts';
import type { JobRecord, StoredJobState } from '../core/job.ts';
import type { JobStore } from '../core/ports/job-store.ts';
import type { JobWork } from './job-work.ts';

/** Items of a job that are asked after their partials when it is listed. */
const MOST_LOOKED_AT = 64;

/** A job that runs now. */
export interface RunningJob {
  readonly run: JobWork;
  /** It may go on with what partials have. */
  readonly resumed: boolean;
}

/** A job as `jobs` shows it. */
export interface JobView extends JobRecord {
  readonly shown: StoredJobState | 'waiting';
  readonly bytes: number;
  readonly size: number;
  readonly rate: number;
  readonly sources: number;
  /** What it waits for, or why it failed. */
  readonly why?: string | undefined;
  /** Of a mirror: files that are not removed before somebody says so, of how many. */
  readonly asks?: JobWork['asks'];
  readonly pass?: JobWork['pass'];
}

/** `running`: while it runs. `kept`: bytes that partials had when it was last looked. */
export function viewOf(
  job: JobRecord,
  store: JobStore,
  running: RunningJob | undefined,
  kept: ReadonlyMap<ContentId, number>,
): JobView {
  const { size, doneBytes } = store.totals(job.id);
  const run = running?.run;
  const waitsFor = run?.waitsFor;
  const state = run ? 'running' : job.state;
  // A run that has just begun has opened none of its partials yet.
  const before = () => (!running || running.resumed ? keptBytes(job, store, kept) : 0);
  return {
    ...job,
    shown: waitsFor === undefined ? state : 'waiting',
    bytes: Math.min(size, doneBytes + (run?.activeBytes || before())),
    size,
    rate: Math.round(run?.rate ?? 0),
    sources: run?.sources ?? 0,
    why: waitsFor ?? job.reason,
    asks: run?.asks,
    pass: run?.pass,
  };
}

/** What partials had of it. */
function keptBytes({ id }: JobRecord, store: JobStore, kept: ReadonlyMap<ContentId, number>): number {
  const items = (['open', 'failed'] as const).flatMap((state) => store.items(id, state, -1, MOST_LOOKED_AT));
  return items.reduce((sum, { content }) => sum + ((content && kept.get(content)) || 0), 0);
}

import type { ContentId } from '../core/ids.ts';
import type { JobRecord, StoredJobState } from '../core/job.ts';
import type { JobStore } from '../core/ports/job-store.ts';
import type { JobRun } from './job-run.ts';

/** Items of a job that are asked after their partials when it is listed. */
const MOST_LOOKED_AT = 64;

/** A job as `jobs` shows it. */
export interface JobView extends JobRecord {
  readonly shown: StoredJobState | 'waiting';
  readonly bytes: number;
  readonly size: number;
  readonly rate: number;
  readonly sources: number;
  /** What it waits for, or why it failed. */
  readonly why?: string | undefined;
}

/** `run`: while it runs. `kept`: bytes that partials had when it was last looked. */
export function viewOf(
  job: JobRecord,
  store: JobStore,
  run: JobRun | undefined,
  kept: ReadonlyMap<ContentId, number>,
): JobView {
  const { size, doneBytes } = store.totals(job.id);
  const waitsFor = run?.waitsFor;
  const state = run ? 'running' : job.state;
  return {
    ...job,
    shown: waitsFor === undefined ? state : 'waiting',
    bytes: Math.min(size, doneBytes + (run ? run.activeBytes : keptBytes(job, store, kept))),
    size,
    rate: Math.round(run?.rate ?? 0),
    sources: run?.sources ?? 0,
    why: waitsFor ?? job.reason,
  };
}

/** What partials have of a job that does not run now. */
function keptBytes({ id }: JobRecord, store: JobStore, kept: ReadonlyMap<ContentId, number>): number {
  const items = (['open', 'failed'] as const).flatMap((state) => store.items(id, state, -1, MOST_LOOKED_AT));
  return items.reduce((sum, { content }) => sum + ((content && kept.get(content)) || 0), 0);
}

import { PeerdexError } from '../core/errors.ts';
import type { JobId, JobRecord } from '../core/job.ts';
import type { JobStore } from '../core/ports/job-store.ts';

/** Throws `not-found` where there is none. */
export function findJob(id: JobId, store: Pick<JobStore, 'get'>): JobRecord {
  const job = store.get(id);
  if (job) return job;
  throw new PeerdexError('not-found', `there is no job ${id}`, { hint: '`peerdex jobs` lists them' });
}

import type { JobId, JobRecord, StoredJobState } from '../core/job.ts';
import type { Log } from '../core/ports/log.ts';

export function logBegin(log: Log, { id, what }: JobRecord, resumed: boolean): void {
  if (resumed) log.info(`job ${id} goes on: ${what}`, { event: 'job-resumed', job: id, what });
  else log.info(`job ${id} begins: ${what}`, { event: 'job-started', job: id, what });
}

export function logEnd(log: Log, id: JobId, state: StoredJobState, reason?: string): void {
  if (state === 'failed') log.warn(`job ${id} failed: ${reason}`, { event: 'job-failed', job: id, reason });
  else log.info(`job ${id} is ${state}`, { event: 'job-ended', job: id, state });
}

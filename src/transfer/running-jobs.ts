import { asPeerdexError, PeerdexError } from '../core/errors.ts';
import type { ContentId } from '../core/ids.ts';
import type { JobId, JobRecord, StoredJobState } from '../core/job.ts';
import type { JobStore } from '../core/ports/job-store.ts';
import type { ItemParts } from './fetch-item.ts';
import { findJob } from './find-job.ts';
import type { JobListener } from './job-events.ts';
import { logBegin, logEnd } from './job-log.ts';
import { JobRun } from './job-run.ts';
import type { RunningJob } from './job-view.ts';
import type { JobRunOptions, JobWork } from './job-work.ts';
import { Lanes } from './lanes.ts';

export interface RunningJobsOptions {
  readonly store: JobStore;
  readonly parts: ItemParts;
  /** Files on their way at a time, over all jobs. */
  readonly lanes: number;
  /** Makes what runs a job that is a mirror. */
  readonly mirrors?: ((options: JobRunOptions) => JobWork) | undefined;
  readonly emit: JobListener;
}

interface Running extends RunningJob {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/** Jobs that run now: each from its beginning until it is done, has failed or is stopped, which is written down and told. */
export class RunningJobs {
  readonly #options: RunningJobsOptions;
  readonly #lanes: Lanes;
  readonly #running = new Map<JobId, Running>();
  #kept: ReadonlyMap<ContentId, number> = new Map();

  constructor(options: RunningJobsOptions) {
    this.#options = options;
    this.#lanes = new Lanes(options.lanes);
  }

  get all(): ReadonlyMap<JobId, RunningJob> {
    return this.#running;
  }

  /** Bytes that partials had when it was last looked, which is done whenever a job leaves some behind. */
  get kept(): ReadonlyMap<ContentId, number> {
    return this.#kept;
  }

  async lookAtKept(): Promise<void> {
    this.#kept = await this.#options.parts.partials.kept();
  }

  /** `resumed`: it may go on with what partials have. */
  begin(job: JobRecord, resumed: boolean): void {
    const { parts, store, emit, mirrors } = this.#options;
    const stop = new AbortController();
    logBegin(parts.log, job, resumed);
    const make: JobRunOptions = {
      ...{ job, parts, store, emit, lanes: this.#lanes },
      pathOf: ({ root }, { relative }) => `${root === '/' ? '' : root}/${relative}`,
    };
    const run = job.mirror && mirrors ? mirrors(make) : new JobRun(make);
    const ended = Promise.resolve()
      .then(() => run.run(stop.signal))
      .then(
        () => this.#finished(job.id),
        (error: unknown) => this.#broke(job.id, error, stop.signal),
      )
      .catch((error: unknown) => {
        this.#running.delete(job.id);
        parts.log.error(`job ${job.id} could not be brought to its end`, {
          event: 'job-broke',
          job: job.id,
          error,
        });
      });
    this.#running.set(job.id, { run, resumed, stop, ended });
    emit({ event: 'began', job: job.id });
  }

  /** Nothing of what ran is under way any more when this resolves; also for a job that does not run. Cancelled it stays cancelled. */
  async stop(id: JobId, state: 'paused' | 'cancelled'): Promise<void> {
    const { store, parts } = this.#options;
    const running = this.#running.get(id);
    running?.stop.abort(stopped(`the job was ${state}`));
    await running?.ended;
    const job = findJob(id, store);
    if (job.state === 'cancelled' || job.state === state) return; // somebody else's word was quicker
    if (job.state === 'done' && (!job.mirror || state !== 'cancelled')) return; // the job was quicker
    const ended = state === 'cancelled' ? parts.clock.now() : undefined;
    // At once: whoever resumes it from here on begins it anew.
    store.update(id, { state, ended });
    await this.lookAtKept();
    if (this.#running.has(id)) return;
    this.#options.emit({ event: 'ended', job: id, state });
    logEnd(parts.log, id, state);
  }

  /** Writes nothing down: what runs now runs again at the next start. */
  async stopAll(): Promise<void> {
    const running = [...this.#running.values()];
    for (const { stop } of running) stop.abort(stopped('the daemon stops'));
    await Promise.all(running.map(({ ended }) => ended));
  }

  #finished(id: JobId): void {
    const { store } = this.#options;
    const { failed } = store.totals(id);
    if (failed === 0) return this.#end(id, 'done');
    const [first] = store.items(id, 'failed', -1, 1);
    const others = failed > 1 ? ` (and ${failed - 1} more)` : '';
    this.#end(id, 'failed', `${first?.reason ?? 'failed'}${others}`);
  }

  /** The run as a whole failed, or was stopped. */
  #broke(id: JobId, error: unknown, signal: AbortSignal): void {
    if (signal.aborted) {
      this.#running.delete(id);
      return;
    }
    const { code, message, hint } = asPeerdexError(error);
    const { root } = findJob(id, this.#options.store);
    this.#options.emit({ event: 'failed', job: id, path: root, code, reason: message, hint });
    this.#end(id, 'failed', message);
  }

  #end(id: JobId, state: StoredJobState, reason?: string): void {
    const { store, parts, emit } = this.#options;
    this.#running.delete(id);
    if (state === 'failed') void this.lookAtKept();
    store.update(id, { state, reason, ended: parts.clock.now() });
    emit({ event: 'ended', job: id, state });
    logEnd(parts.log, id, state, reason);
  }
}

/** Thrown into a run that is paused, cancelled or stopped with the daemon. */
const stopped = (how: string): PeerdexError => new PeerdexError('interrupted', how);

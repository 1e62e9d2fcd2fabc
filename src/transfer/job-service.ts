import { asPeerdexError, PeerdexError } from '../core/errors.ts';
import type { ContentId } from '../core/ids.ts';
import type { JobId, JobRecord, StoredJobState } from '../core/job.ts';
import type { MirrorOptions } from '../core/mirror.ts';
import type { JobStore } from '../core/ports/job-store.ts';
import type { WantedItem } from '../core/wanted.ts';
import type { ItemParts } from './fetch-item.ts';
import type { JobListener } from './job-events.ts';
import type { JobFacts } from './job-facts.ts';
import { discardPartials, forgetOldJobs } from './job-leftovers.ts';
import { logBegin, logEnd } from './job-log.ts';
import { JobLooks } from './job-looks.ts';
import { JobRun } from './job-run.ts';
import { type JobView, type RunningJob, viewOf } from './job-view.ts';
import type { JobRunOptions, JobWork } from './job-work.ts';
import { Lanes } from './lanes.ts';
import { LateJobStore } from './late-job-store.ts';

const PROGRESS_MS = 500;
const PRUNE_MS = 3600 * 1000;

export interface NewJob {
  readonly id: JobId;
  readonly what: string;
  readonly root: string;
  readonly overwrite: boolean;
  readonly from?: string | undefined;
  readonly items: readonly WantedItem[];
  readonly mirror?: MirrorOptions | undefined;
}

export interface JobServiceOptions {
  readonly store: JobStore;
  readonly parts: ItemParts;
  /** Files on their way at a time, over all jobs. */
  readonly lanes: number;
  /** Makes what runs a job that is a mirror. */
  readonly mirrors?: ((options: JobRunOptions) => JobWork) | undefined;
}

interface Running extends RunningJob {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/** All downloads of the daemon: starts them, goes on with them after a restart, pauses and ends them. */
export class JobService {
  /** For who wants to see more of a job than a row. */
  readonly looks: JobLooks;
  readonly #parts: ItemParts;
  readonly #store: LateJobStore;
  readonly #lanes: Lanes;
  readonly #mirrors: JobServiceOptions['mirrors'];
  readonly #running = new Map<JobId, Running>();
  readonly #listeners = new Set<JobListener>();
  /** Bytes that partials had when it was last looked. */
  #kept: ReadonlyMap<ContentId, number> = new Map();
  #cancelTick: () => void = () => {};
  #cancelPrune: () => void = () => {};
  #pruning: Promise<void> = Promise.resolve();

  constructor({ store, parts, lanes, mirrors }: JobServiceOptions) {
    this.#mirrors = mirrors;
    this.#parts = parts;
    this.#store = new LateJobStore(store, parts.clock, parts.log);
    this.#lanes = new Lanes(lanes);
    this.looks = new JobLooks({ ...parts, store: this.#store, runs: () => this.#running });
  }

  /** Goes on with every job that was under way. */
  start(): void {
    this.#tick();
    this.#prune();
    void this.#lookAtKept();
    for (const job of this.#store.all()) {
      if (job.state === 'running' || job.state === 'queued') this.#run(job, true);
    }
  }

  /** Pauses nothing: what runs now runs again at the next start. */
  async stop(): Promise<void> {
    this.#cancelTick();
    this.#cancelPrune();
    const running = [...this.#running.values()];
    for (const { stop } of running) stop.abort(stopped('the daemon stops'));
    await Promise.all([this.#pruning, ...running.map(({ ended }) => ended)]);
    this.#store.stop();
  }

  watch(listener: JobListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  create({ id, what, root, overwrite, from, items, mirror }: NewJob): JobRecord {
    const job: JobRecord = {
      id,
      what,
      state: 'queued',
      root,
      overwrite,
      from,
      created: this.#parts.clock.now(),
      ...(mirror ? { mirror } : {}),
    };
    this.#store.create(job, items);
    this.#run(job, false);
    return job;
  }

  list(): readonly JobView[] {
    return this.#store.all().map((job) => this.#view(job));
  }

  view(id: JobId): JobView {
    return this.#view(this.#get(id));
  }

  /** The job, and what is under way of it at this moment. */
  facts(id: JobId): Pick<JobFacts, 'job' | 'files' | 'isRunning'> {
    const running = this.#running.get(id);
    return { job: this.view(id), files: running?.run.files() ?? [], isRunning: running !== undefined };
  }

  async pause(id: JobId): Promise<JobView> {
    const job = this.#get(id);
    if (job.state === 'paused') return this.#view(job);
    if (hasEnded(job)) throw alreadyEnded(job);
    await this.#stop(id, 'paused');
    return this.view(id);
  }

  /** Of one that is under way what has failed of it is tried again. */
  resume(id: JobId): JobView {
    const job = this.#get(id);
    if ((job.state === 'done' && !job.mirror) || job.state === 'cancelled') throw alreadyEnded(job);
    const running = this.#running.get(id);
    if (running) running.run.retry?.();
    else {
      this.#store.reopen(id);
      this.#store.update(id, { state: 'queued' });
      this.#run(this.#get(id), true);
    }
    return this.view(id);
  }

  /** Goes on with a mirror that is there, by these options: also when its folder is another one now. */
  async mirrorAgain(id: JobId, mirror: MirrorOptions): Promise<JobView> {
    if (this.#running.has(id)) await this.#stop(id, 'paused');
    this.#store.setMirror(id, mirror);
    return this.resume(id);
  }

  /** Lets a mirror remove so many files, once. Throws `conflict` where it asks for nothing. */
  allow(id: JobId, files: number): JobView {
    const job = this.#get(id);
    const run = this.#running.get(id)?.run;
    if (!run?.asks || !run.allow) throw new PeerdexError('conflict', `job ${job.id} asks for nothing`);
    run.allow(files);
    return this.view(id);
  }

  async cancel(id: JobId): Promise<JobView> {
    const job = this.#get(id);
    if (job.state === 'cancelled') return this.#view(job);
    if (job.state === 'done' && !job.mirror) throw alreadyEnded(job);
    await this.#stop(id, 'cancelled');
    if (this.#get(id).state === 'cancelled') await discardPartials(id, this.#store, this.#parts.partials);
    return this.view(id);
  }

  #get(id: JobId): JobRecord {
    const job = this.#store.get(id);
    if (job) return job;
    throw new PeerdexError('not-found', `there is no job ${id}`, { hint: 'peerdex jobs lists them' });
  }

  #run(job: JobRecord, resumed: boolean): void {
    const stop = new AbortController();
    logBegin(this.#parts.log, job, resumed);
    const make: JobRunOptions = {
      job,
      parts: this.#parts,
      store: this.#store,
      lanes: this.#lanes,
      emit: (event) => this.#emit(event),
      pathOf: ({ root }, { relative }) => `${root === '/' ? '' : root}/${relative}`,
    };
    const run = job.mirror && this.#mirrors ? this.#mirrors(make) : new JobRun(make);
    const ended = Promise.resolve()
      .then(() => run.run(stop.signal))
      .then(
        () => this.#finished(job.id),
        (error: unknown) => this.#broke(job.id, error, stop.signal),
      )
      .catch((error: unknown) => {
        this.#running.delete(job.id);
        this.#parts.log.error(`job ${job.id} could not be brought to its end`, {
          event: 'job-broke',
          job: job.id,
          error,
        });
      });
    this.#running.set(job.id, { run, resumed, stop, ended });
    this.#emit({ event: 'began', job: job.id });
  }

  #finished(id: JobId): void {
    const { failed } = this.#store.totals(id);
    if (failed === 0) return this.#end(id, 'done');
    const [first] = this.#store.items(id, 'failed', -1, 1);
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
    const { root } = this.#get(id);
    this.#emit({ event: 'failed', job: id, path: root, code, reason: message, hint });
    this.#end(id, 'failed', message);
  }

  #end(id: JobId, state: StoredJobState, reason?: string): void {
    this.#running.delete(id);
    if (state === 'failed') void this.#lookAtKept();
    this.#store.update(id, { state, reason, ended: this.#parts.clock.now() });
    this.#emit({ event: 'ended', job: id, state });
    logEnd(this.#parts.log, id, state, reason);
  }

  async #stop(id: JobId, state: 'paused' | 'cancelled'): Promise<void> {
    const running = this.#running.get(id);
    running?.stop.abort(stopped(`the job was ${state}`));
    await running?.ended;
    await this.#lookAtKept();
    const job = this.#get(id);
    if (job.state === 'done' && (!job.mirror || state !== 'cancelled')) return; // it was quicker
    const ended = state === 'cancelled' ? this.#parts.clock.now() : undefined;
    this.#store.update(id, { state, ended });
    this.#emit({ event: 'ended', job: id, state });
    logEnd(this.#parts.log, id, state);
  }

  #view(job: JobRecord): JobView {
    return viewOf(job, this.#store, this.#running.get(job.id), this.#kept);
  }

  async #lookAtKept(): Promise<void> {
    this.#kept = await this.#parts.partials.kept();
  }

  #emit: JobListener = (event) => {
    for (const listener of this.#listeners) listener(event);
  };

  #tick(): void {
    this.#cancelTick = this.#parts.clock.after(PROGRESS_MS, () => {
      if (this.#listeners.size > 0) for (const { run } of this.#running.values()) run.emitProgress();
      this.#tick();
    });
  }

  #prune(): void {
    const { clock, partials, log } = this.#parts;
    this.#pruning = forgetOldJobs(clock.now(), this.#store, partials, log);
    this.#cancelPrune = clock.after(PRUNE_MS, () => this.#prune());
  }
}

const hasEnded = ({ state }: JobRecord): boolean => ['done', 'failed', 'cancelled'].includes(state);

const alreadyEnded = ({ id, state }: JobRecord): PeerdexError =>
  new PeerdexError('conflict', `job ${id} is ${state} already`);

/** Thrown into a run that is paused, cancelled or stopped with the daemon. */
const stopped = (how: string): PeerdexError => new PeerdexError('interrupted', how);

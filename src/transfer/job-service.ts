import { PeerdexError } from '../core/errors.ts';
import type { JobId, JobRecord } from '../core/job.ts';
import type { MirrorOptions } from '../core/mirror.ts';
import type { WantedItem } from '../core/wanted.ts';
import { findJob } from './find-job.ts';
import type { JobEvent, JobListener } from './job-events.ts';
import type { JobFacts } from './job-facts.ts';
import { discardPartials, forgetOldJobs } from './job-leftovers.ts';
import { JobLooks } from './job-looks.ts';
import { type JobView, viewOf } from './job-view.ts';
import { LateJobStore } from './late-job-store.ts';
import { RunningJobs, type RunningJobsOptions } from './running-jobs.ts';

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

export type JobServiceOptions = Omit<RunningJobsOptions, 'emit'>;

/** All downloads of the daemon: starts them, goes on with them after a restart, pauses and ends them. */
export class JobService {
  /** For who wants to see more of a job than a row. */
  readonly looks: JobLooks;
  readonly #parts: JobServiceOptions['parts'];
  readonly #store: LateJobStore;
  readonly #running: RunningJobs;
  readonly #listeners = new Set<JobListener>();
  #cancelTick: () => void = () => {};
  #cancelPrune: () => void = () => {};
  #pruning: Promise<void> = Promise.resolve();

  constructor(options: JobServiceOptions) {
    const { store, parts } = options;
    this.#parts = parts;
    this.#store = new LateJobStore(store, parts.clock, parts.log);
    const emit: JobListener = (event) => this.#tell(event);
    this.#running = new RunningJobs({ ...options, store: this.#store, emit });
    this.looks = new JobLooks({ ...parts, store: this.#store, runs: () => this.#running.all });
  }

  /** Goes on with every job that was under way. */
  start(): void {
    this.#tick();
    this.#prune();
    void this.#running.lookAtKept();
    for (const job of this.#store.all()) {
      if (job.state === 'running' || job.state === 'queued') this.#running.begin(job, true);
    }
  }

  /** Pauses nothing: what runs now runs again at the next start. */
  async stop(): Promise<void> {
    this.#cancelTick();
    this.#cancelPrune();
    await Promise.all([this.#pruning, this.#running.stopAll()]);
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
    this.#running.begin(job, false);
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
    const running = this.#running.all.get(id);
    return { job: this.view(id), files: running?.run.files() ?? [], isRunning: running !== undefined };
  }

  async pause(id: JobId): Promise<JobView> {
    const job = this.#get(id);
    if (job.state === 'paused') return this.#view(job);
    if (hasEnded(job)) throw alreadyEnded(job);
    await this.#running.stop(id, 'paused');
    return this.view(id);
  }

  /** Of one that is under way what has failed of it is tried again. */
  resume(id: JobId): JobView {
    const job = this.#get(id);
    if ((job.state === 'done' && !job.mirror) || job.state === 'cancelled') throw alreadyEnded(job);
    const running = this.#running.all.get(id);
    if (running) running.run.retry?.();
    else {
      this.#store.reopen(id);
      this.#store.update(id, { state: 'queued' });
      this.#running.begin(this.#get(id), true);
    }
    return this.view(id);
  }

  /** Goes on with a mirror that is there, by these options: also when its folder is another one now. The last word counts. */
  async mirrorAgain(id: JobId, mirror: MirrorOptions): Promise<JobView> {
    while (this.#running.all.has(id)) {
      this.#tell({ event: 'altered', job: id });
      await this.#running.stop(id, 'paused');
    }
    this.#store.setMirror(id, mirror);
    return this.resume(id);
  }

  /** Lets a mirror remove so many files, once. Throws `conflict` where it asks for nothing. */
  allow(id: JobId, files: number): JobView {
    const job = this.#get(id);
    const run = this.#running.all.get(id)?.run;
    if (!run?.asks || !run.allow) throw new PeerdexError('conflict', `job ${job.id} asks for nothing`);
    run.allow(files);
    return this.view(id);
  }

  async cancel(id: JobId): Promise<JobView> {
    const job = this.#get(id);
    if (job.state === 'cancelled') return this.#view(job);
    if (job.state === 'done' && !job.mirror) throw alreadyEnded(job);
    await this.#running.stop(id, 'cancelled');
    if (this.#get(id).state === 'cancelled') await discardPartials(id, this.#store, this.#parts.partials);
    return this.view(id);
  }

  #tell(event: JobEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #get(id: JobId): JobRecord {
    return findJob(id, this.#store);
  }

  #view(job: JobRecord): JobView {
    return viewOf(job, this.#store, this.#running.all.get(job.id), this.#running.kept);
  }

  #tick(): void {
    this.#cancelTick = this.#parts.clock.after(PROGRESS_MS, () => {
      if (this.#listeners.size > 0) for (const { run } of this.#running.all.values()) run.emitProgress();
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

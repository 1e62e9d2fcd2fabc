import { asPeerdexError, PeerdexError } from '../core/errors.ts';
import type { ContentId } from '../core/ids.ts';
import type { JobId, JobRecord, StoredJobState } from '../core/job.ts';
import type { JobStore } from '../core/ports/job-store.ts';
import type { WantedItem } from '../core/wanted.ts';
import type { ItemParts } from './fetch-item.ts';
import type { JobListener } from './job-events.ts';
import { JobRun, stopped } from './job-run.ts';
import { Lanes } from './lanes.ts';

const PROGRESS_MS = 500;
/** Items of a job that are asked after their partials when it is listed. */
const MOST_LOOKED_AT = 64;
/** Jobs that ended so long ago are forgotten. */
const KEEP_MS = 7 * 24 * 3600 * 1000;
const PRUNE_MS = 3600 * 1000;

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

export interface NewJob {
  readonly id: JobId;
  readonly what: string;
  readonly root: string;
  readonly overwrite: boolean;
  readonly from?: string | undefined;
  readonly items: readonly WantedItem[];
}

export interface JobServiceOptions {
  readonly store: JobStore;
  readonly parts: ItemParts;
  /** Files on their way at a time, over all jobs. */
  readonly lanes: number;
}

interface Running {
  readonly run: JobRun;
  /** It may go on with what partials have. */
  readonly resumed: boolean;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/** All downloads of the daemon: starts them, goes on with them after a restart, pauses and ends them. */
export class JobService {
  readonly #options: JobServiceOptions;
  readonly #lanes: Lanes;
  readonly #running = new Map<JobId, Running>();
  readonly #listeners = new Set<JobListener>();
  /** Bytes that partials had when it was last looked. */
  #kept: ReadonlyMap<ContentId, number> = new Map();
  #cancelTick: () => void = () => {};
  #cancelPrune: () => void = () => {};
  #pruning: Promise<void> = Promise.resolve();

  constructor(options: JobServiceOptions) {
    this.#options = options;
    this.#lanes = new Lanes(options.lanes);
  }

  /** Goes on with every job that was under way. */
  start(): void {
    this.#tick();
    this.#prune();
    void this.#lookAtKept();
    for (const job of this.#options.store.all()) {
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
  }

  watch(listener: JobListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  create({ id, what, root, overwrite, from, items }: NewJob): JobRecord {
    const job: JobRecord = {
      id,
      what,
      state: 'queued',
      root,
      overwrite,
      from,
      created: this.#options.parts.clock.now(),
    };
    this.#options.store.create(job, items);
    this.#run(job, false);
    return job;
  }

  list(): readonly JobView[] {
    return this.#options.store.all().map((job) => this.#view(job));
  }

  view(id: JobId): JobView {
    return this.#view(this.#get(id));
  }

  async pause(id: JobId): Promise<JobView> {
    const job = this.#get(id);
    if (job.state === 'paused') return this.#view(job);
    if (hasEnded(job)) throw alreadyEnded(job);
    await this.#stop(id, 'paused');
    return this.view(id);
  }

  resume(id: JobId): JobView {
    const job = this.#get(id);
    if (job.state === 'done' || job.state === 'cancelled') throw alreadyEnded(job);
    if (!this.#running.has(id)) {
      this.#options.store.reopen(id);
      this.#options.store.update(id, { state: 'queued' });
      this.#run(this.#get(id), true);
    }
    return this.view(id);
  }

  async cancel(id: JobId): Promise<JobView> {
    const job = this.#get(id);
    if (job.state === 'cancelled') return this.#view(job);
    if (job.state === 'done') throw alreadyEnded(job);
    await this.#stop(id, 'cancelled');
    if (this.#get(id).state === 'cancelled') await this.#discardPartials(id);
    return this.view(id);
  }

  #get(id: JobId): JobRecord {
    const job = this.#options.store.get(id);
    if (job) return job;
    throw new PeerdexError('not-found', `there is no job ${id}`, { hint: 'peerdex jobs lists them' });
  }

  #run(job: JobRecord, resumed: boolean): void {
    const { store, parts } = this.#options;
    const stop = new AbortController();
    const run = new JobRun({
      job,
      parts,
      store,
      lanes: this.#lanes,
      emit: (event) => this.#emit(event),
      pathOf: ({ root }, { relative }) => `${root === '/' ? '' : root}/${relative}`,
    });
    const ended = Promise.resolve()
      .then(() => run.run(stop.signal))
      .then(
        () => this.#finished(job.id),
        (error: unknown) => this.#broke(job.id, error, stop.signal),
      );
    this.#running.set(job.id, { run, resumed, stop, ended });
  }

  #finished(id: JobId): void {
    const { failed } = this.#options.store.totals(id);
    if (failed === 0) return this.#end(id, 'done');
    const [first] = this.#options.store.items(id, 'failed', -1, 1);
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
    const { what, root } = this.#get(id);
    this.#options.parts.log.warn(`job ${id} failed: ${message}`, { job: id, what });
    this.#emit({ event: 'failed', job: id, path: root, code, reason: message, hint });
    this.#end(id, 'failed', message);
  }

  #end(id: JobId, state: StoredJobState, reason?: string): void {
    this.#running.delete(id);
    if (state === 'failed') void this.#lookAtKept();
    this.#options.store.update(id, { state, reason, ended: this.#options.parts.clock.now() });
    this.#emit({ event: 'ended', job: id, state });
  }

  async #stop(id: JobId, state: 'paused' | 'cancelled'): Promise<void> {
    const running = this.#running.get(id);
    running?.stop.abort(stopped(`the job was ${state}`));
    await running?.ended;
    await this.#lookAtKept();
    if (this.#get(id).state === 'done') return; // it was quicker
    const ended = state === 'cancelled' ? this.#options.parts.clock.now() : undefined;
    this.#options.store.update(id, { state, ended });
    this.#emit({ event: 'ended', job: id, state });
  }

  async #discardPartials(id: JobId): Promise<void> {
    const { store, parts } = this.#options;
    for (const state of ['open', 'failed'] as const) {
      for (let items = store.items(id, state, -1, 500); items.length > 0; ) {
        for (const { content } of items) {
          if (content !== undefined && !store.wants(content)) await parts.partials.discard(content);
        }
        items = store.items(id, state, items.at(-1)!.ordinal, 500);
      }
    }
  }

  #view(job: JobRecord): JobView {
    const { size, doneBytes } = this.#options.store.totals(job.id);
    const running = this.#running.get(job.id);
    const run = running?.run;
    // A run that has just begun has opened none of its partials yet.
    const kept = () => (!running || running.resumed ? this.#keptBytes(job.id) : 0);
    const waitsFor = run?.waitsFor;
    const state = run ? 'running' : job.state;
    return {
      ...job,
      shown: waitsFor === undefined ? state : 'waiting',
      bytes: Math.min(size, doneBytes + (run?.activeBytes || kept())),
      size,
      rate: Math.round(run?.rate ?? 0),
      sources: run?.sources ?? 0,
      why: waitsFor ?? job.reason,
    };
  }

  /** What partials of a job had when it was last looked. */
  #keptBytes(id: JobId): number {
    const { store } = this.#options;
    const items = (['open', 'failed'] as const).flatMap((state) =>
      store.items(id, state, -1, MOST_LOOKED_AT),
    );
    return items.reduce((sum, { content }) => sum + ((content && this.#kept.get(content)) || 0), 0);
  }

  async #lookAtKept(): Promise<void> {
    this.#kept = await this.#options.parts.partials.kept();
  }

  #emit: JobListener = (event) => {
    for (const listener of this.#listeners) listener(event);
  };

  #tick(): void {
    this.#cancelTick = this.#options.parts.clock.after(PROGRESS_MS, () => {
      if (this.#listeners.size > 0) for (const { run } of this.#running.values()) run.emitProgress();
      this.#tick();
    });
  }

  #prune(): void {
    const { store, parts } = this.#options;
    const before = parts.clock.now() - KEEP_MS;
    const old = store.all().filter(({ state, ended = before }) => state === 'failed' && ended < before);
    this.#pruning = this.#discardAll(old.map(({ id }) => id)).then(() => store.prune(before));
    this.#cancelPrune = parts.clock.after(PRUNE_MS, () => this.#prune());
  }

  /** What failed jobs have fetched in part goes with them. */
  async #discardAll(ids: readonly JobId[]): Promise<void> {
    for (const id of ids) await this.#discardPartials(id).catch(() => {}); // its disk may be gone
  }
}

const hasEnded = ({ state }: JobRecord): boolean =>
  state === 'done' || state === 'failed' || state === 'cancelled';

const alreadyEnded = ({ id, state }: JobRecord): PeerdexError =>
  new PeerdexError('conflict', `job ${id} is ${state} already`);

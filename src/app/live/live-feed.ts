import { randomBytes } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import { PeerdexError } from '../../core/errors.ts';
import type { JobId } from '../../core/job.ts';
import type { ThroughputPoint } from '../../protocol/http/dashboard/own-operations.ts';
import type { LiveEvent, LiveJob } from '../../protocol/http/local/live-event.ts';
import type { JobView } from '../../transfer/job-view.ts';
import type { NetworkCare } from '../dashboard/network-care.ts';
import { jobRow } from '../local/job-row.ts';
import type { LocalParts } from '../local/local-parts.ts';
import { peers } from '../local/peers.ts';
import { status } from '../local/status.ts';
import { VERSION } from '../version.ts';
import { LiveReader } from './live-reader.ts';
import { PeerRows } from './peer-rows.ts';
import type { Throughput } from './throughput.ts';
import { traffic } from './traffic.ts';

const TICK_MS = 250;
const ALIVE_MS = 15_000;
const MOST_READERS = 64;
/** Looks at what costs more than a job: every so many ticks. */
const JOBS_EVERY = 2;
const STATUS_EVERY = 4;
const PEERS_EVERY = 8;

export interface LiveFeedOptions {
  readonly clock: Clock;
  readonly throughput: Throughput;
  /** Who comes and goes. */
  readonly care: Pick<NetworkCare, 'onEvent'>;
}

/** Tells clients that stay what goes on, at most four times a second. Looks at nothing while there are none. */
export class LiveFeed {
  readonly #parts: LocalParts;
  readonly #options: LiveFeedOptions;
  readonly #clock: Clock;
  readonly #start = randomBytes(8).toString('hex');
  readonly #readers = new Set<LiveReader>();
  readonly #changedJobs = new Set<JobId>();
  /** Those that move by themselves. */
  readonly #underWay = new Set<JobId>();
  readonly #peerRows: PeerRows;
  #ticks = 0;
  #lastStatus = '';
  #lastTraffic = '';
  #indexChanged = false;
  #networkChanged = false;
  #lastPoint: ThroughputPoint | undefined;
  #stop: (() => void) | undefined;

  constructor(parts: LocalParts, options: LiveFeedOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#clock = options.clock;
    this.#peerRows = new PeerRows(parts);
  }

  /** Until the signal aborts. Throws `limit` when too many listen already. */
  async *events(signal: AbortSignal): AsyncGenerator<LiveEvent> {
    if (this.#readers.size >= MOST_READERS)
      throw new PeerdexError('limit', `more than ${MOST_READERS} clients listen to this peer already`);
    const { self, name } = this.#parts;
    const reader = this.#join();
    try {
      yield { event: 'hello', start: this.#start, version: VERSION, peer: { id: self, name: name() } };
      while (!signal.aborted) {
        if (reader.hasNews) yield* reader.take();
        else yield { event: 'alive' };
        await reader.next(signal, ALIVE_MS);
      }
    } finally {
      this.#readers.delete(reader);
      if (this.#readers.size === 0) this.#stop?.();
    }
  }

  #join(): LiveReader {
    if (this.#readers.size === 0) this.#begin();
    const jobs = this.#parts.transfer.jobs.list();
    for (const job of jobs) this.#watch(job);
    const reader = new LiveReader(jobs.map(liveJob), peers(this.#parts).peers, status(this.#parts));
    reader.traffic(traffic(this.#parts.transfer));
    // It was told something else than those before, perhaps: the next look is news, also when it finds what they know.
    this.#lastStatus = '';
    this.#lastTraffic = '';
    this.#readers.add(reader);
    return reader;
  }

  #begin(): void {
    const { transfer, directory, onIndexChange } = this.#parts;
    this.#peerRows.begin();
    const ends = [
      transfer.jobs.watch(({ event, job }) => {
        if (event !== 'progress') this.#changedJobs.add(job);
      }),
      directory.onChange((changed) => this.#peerRows.changed(changed.map(({ id }) => id))),
      onIndexChange(() => {
        this.#indexChanged = true;
      }),
      this.#options.care.onEvent(() => {
        this.#networkChanged = true;
      }),
      () => this.#cancelTick(),
    ];
    this.#stop = () => {
      this.#stop = undefined;
      for (const end of ends) end();
      this.#underWay.clear();
    };
    this.#tick();
  }

  #cancelTick: () => void = () => {};

  #tick(): void {
    this.#cancelTick = this.#clock.after(TICK_MS, () => {
      this.#ticks += 1;
      this.#lookAtJobs();
      if (this.#ticks % STATUS_EVERY === 0) {
        this.#lookAtStatus();
        this.#lookAtTraffic();
        this.#lookAtNetwork();
      }
      if (this.#ticks % PEERS_EVERY === 0) this.#lookAtIndex();
      this.#lookAtPeers();
      for (const reader of this.#readers) reader.wake();
      this.#tick();
    });
  }

  #lookAtJobs(): void {
    if (this.#ticks % JOBS_EVERY === 0) for (const id of this.#underWay) this.#changedJobs.add(id);
    for (const id of this.#changedJobs) {
      const row = this.#jobOf(id);
      for (const reader of this.#readers) reader.job(id, row);
    }
    this.#changedJobs.clear();
  }

  #jobOf(id: JobId): LiveJob | undefined {
    try {
      const job = this.#parts.transfer.jobs.view(id);
      this.#watch(job);
      return liveJob(job);
    } catch {
      this.#underWay.delete(id);
      return undefined;
    }
  }

  #watch({ id, shown }: JobView): void {
    if (UNDER_WAY.includes(shown)) this.#underWay.add(id);
    else this.#underWay.delete(id);
  }

  #lookAtStatus(): void {
    const now = status(this.#parts);
    const text = JSON.stringify(now);
    if (text === this.#lastStatus) return;
    this.#lastStatus = text;
    for (const reader of this.#readers) reader.status(now);
  }

  #lookAtNetwork(): void {
    const { newest } = this.#options.throughput;
    if (newest && newest !== this.#lastPoint) for (const reader of this.#readers) reader.throughput(newest);
    this.#lastPoint = newest;
    if (!this.#networkChanged) return;
    this.#networkChanged = false;
    for (const reader of this.#readers) reader.network();
  }

  #lookAtTraffic(): void {
    const now = traffic(this.#parts.transfer);
    const text = JSON.stringify(now);
    if (text === this.#lastTraffic) return;
    this.#lastTraffic = text;
    for (const reader of this.#readers) reader.traffic(now);
  }

  #lookAtIndex(): void {
    if (!this.#indexChanged) return;
    this.#indexChanged = false;
    this.#peerRows.countsChanged();
    const entries = this.#parts.entries
      .owners()
      .reduce((sum, { files, folders }) => sum + files + folders, 0);
    for (const reader of this.#readers) reader.index(entries);
  }

  #lookAtPeers(): void {
    for (const [id, row] of this.#peerRows.take()) for (const reader of this.#readers) reader.peer(id, row);
  }
}

const UNDER_WAY: readonly string[] = ['queued', 'running', 'waiting'];

const liveJob = (job: JobView): LiveJob => ({
  ...jobRow(job),
  created: new Date(job.created).toISOString(),
  ended: job.ended === undefined ? null : new Date(job.ended).toISOString(),
  folder: job.root,
});

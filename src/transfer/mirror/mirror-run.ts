import { asPeerdexError } from '../../core/errors.ts';
import type { JobItem } from '../../core/job.ts';
import type { MirrorOptions, MirrorPass } from '../../core/mirror.ts';
import { Wakeup } from '../../core/wakeup.ts';
import type { FileFacts } from '../job-facts.ts';
import type { JobRun } from '../job-run.ts';
import type { JobRunOptions, JobWork } from '../job-work.ts';
import { landingFolder } from '../landing-folder.ts';
import { SOURCELESS_MS } from '../source-finder.ts';
import { begunBy } from './coming.ts';
import type { MirrorParts } from './mirror-parts.ts';
import type { RoundOutcome } from './outcome.ts';
import { mirrorRound } from './round.ts';
import type { Aside } from './state.ts';
import { Unfinished } from './unfinished.ts';

/** After a change so long for more of them; never sooner than so many times the last round's own work. */
const SETTLE_MS = 300;
const PACE = 3;
const GO_ON = 'plug its drive in, or say the `peerdex mirror` command again to go on with what is there now';
/** What failed or cannot be told is tried again after so long. */
const RETRY_MS = 30_000;
const ONCE_RETRY_MS = 2_000;
/** Everything is looked at so often, for what is altered in the folder itself. */
const FULL_MS = 600_000;

export interface MirrorRunOptions extends JobRunOptions {
  readonly mirror: MirrorParts;
}

/** One run of a mirror: round after round, until it is stopped, or with `once` until all is equal. */
export class MirrorRun implements JobWork {
  readonly #options: MirrorRunOptions;
  readonly #wakeup = new Wakeup();
  readonly #told = new Set<string>();
  readonly #unfinished: Unfinished;
  #run: JobRun | undefined;
  #waits: string | undefined;
  #asks: RoundOutcome['asks'];
  #pass: MirrorPass | undefined;
  #allowed = 0;
  #changed = false;
  /** What was told last. */
  #last: string | undefined;

  constructor(options: MirrorRunOptions) {
    this.#options = options;
    this.#unfinished = new Unfinished(options);
  }

  get activeBytes(): number {
    return this.#run?.activeBytes ?? 0;
  }

  get rate(): number {
    return this.#run?.rate ?? 0;
  }

  get sources(): number {
    return this.#run?.sources ?? 0;
  }

  get waitsFor(): string | undefined {
    return this.#run ? this.#run.waitsFor : this.#waits;
  }

  /** Files that are not removed before `allow` says so. */
  get asks(): RoundOutcome['asks'] {
    return this.#asks;
  }

  get pass(): MirrorPass | undefined {
    return this.#pass;
  }

  files(): readonly FileFacts[] {
    return this.#run?.files() ?? [];
  }

  get active(): JobWork['active'] {
    return this.#run?.active ?? new Map();
  }

  get batchRates(): JobWork['batchRates'] {
    return this.#run?.batchRates ?? new Map();
  }

  emitProgress(): void {
    this.#run?.emitProgress();
  }

  /** Lets so many files go once, however large a part of all they are. */
  allow(files: number): void {
    this.#allowed = files;
    this.#wake();
  }

  async run(signal: AbortSignal): Promise<void> {
    const { job, store, mirror, parts } = this.#options;
    const { once } = job.mirror!;
    const forget = mirror.source.onChange(() => this.#wake());
    const { clock } = parts;
    const begun = begunBy(job, store);
    this.#unfinished.note();
    let lookedAt = Number.NEGATIVE_INFINITY;
    const patience = clock.monotonic() + SOURCELESS_MS;
    try {
      for (;;) {
        this.#changed = false;
        const began = clock.monotonic();
        const full = began - lookedAt >= FULL_MS;
        const outcome = await this.#round(full, begun, signal);
        if (full) lookedAt = began;
        if (outcome.again) continue;
        if (once && !outcome.problem) {
          this.#options.emit({ event: 'equal', job: job.id });
          return;
        }
        const isPassing = outcome.problem?.code === 'unavailable' && clock.monotonic() < patience;
        if (once && !isPassing) throw outcome.problem;
        this.#tell(outcome);
        await this.#rest(outcome, signal);
      }
    } finally {
      forget();
    }
  }

  async #round(full: boolean, begun: Map<string, JobItem>, signal: AbortSignal): Promise<RoundOutcome> {
    const { job, emit, parts } = this.#options;
    const began = parts.clock.monotonic();
    const left = new Map<string, Aside>();
    this.#waits = undefined;
    try {
      await this.#checkRoot();
      const outcome = await mirrorRound(
        {
          ...this.#options,
          unfinished: this.#unfinished,
          checkRoot: () => this.#checkRoot(),
          ...{ full, begun, mayRemove: job.mirror!.removesAll ? Number.POSITIVE_INFINITY : this.#allowed },
          onRun: (run) => {
            this.#run = run;
          },
          tellKept: (aside) => {
            left.set(aside.relative, aside);
            this.#tellKept(aside);
          },
        },
        signal,
      );
      if (outcome.asks && outcome.asks.files !== this.#asks?.files)
        emit({ event: 'asks', job: job.id, files: outcome.asks.files, of: outcome.asks.of });
      this.#asks = outcome.asks;
      this.#allowed = 0;
      this.#pass = {
        ended: parts.clock.now(),
        equal: !outcome.problem,
        left: [...left.values()].slice(0, MOST_LEFT),
        more: Math.max(0, left.size - MOST_LEFT),
      };
      return outcome;
    } catch (error) {
      signal.throwIfAborted();
      const lookMs = parts.clock.monotonic() - began;
      return { problem: asPeerdexError(error), again: false, asks: undefined, lookMs };
    }
  }

  /** The folder is made once; if it is gone later, or is another one, what stood there is not taken for deleted. */
  async #checkRoot(): Promise<void> {
    const { job, store, parts } = this.#options;
    const options: MirrorOptions = store.get(job.id)?.mirror ?? job.mirror!;
    const inode = await landingFolder(parts.destinations, job.root, options.inode, GO_ON);
    if (options.inode === undefined) store.setMirror(job.id, { ...options, inode });
  }

  #tellKept({ relative, reason }: Aside): void {
    const { job, emit } = this.#options;
    const key = `${relative}\n${reason}`;
    if (this.#told.has(key) || this.#told.size >= MOST_TOLD) return;
    this.#told.add(key);
    emit({ event: 'kept', job: job.id, path: `${job.root}/${relative}`, reason });
  }

  #tell({ problem }: RoundOutcome): void {
    const { job, emit, parts } = this.#options;
    const text = problem ? problem.message : `all is equal; it waits for changes of ${job.what}`;
    if (problem && this.#last !== text)
      parts.log.warn(`mirror ${job.id}: ${text}`, { event: 'mirror-not-equal', job: job.id, reason: text });
    if (!problem && this.#last !== text)
      parts.log.info(`mirror ${job.id}: ${text}`, { event: 'mirror-equal', job: job.id });
    this.#last = text;
    this.#waits = text;
    emit(problem ? { event: 'waits', job: job.id, reason: text } : { event: 'equal', job: job.id });
  }

  async #rest({ problem, lookMs }: RoundOutcome, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options.parts;
    if (!this.#changed) await this.#wakeup.wait(clock, problem ? this.#retryMs : FULL_MS, signal);
    const settle = new Wakeup();
    await settle.wait(clock, Math.max(SETTLE_MS, Math.min(RETRY_MS, lookMs * PACE)), signal);
  }

  get #retryMs(): number {
    return this.#options.job.mirror!.once ? ONCE_RETRY_MS : RETRY_MS;
  }

  #wake(): void {
    this.#changed = true;
    this.#wakeup.wake();
  }
}

/** Files of which it is told that they are left alone. */
const MOST_TOLD = 1000;
/** The same, as clients see it. */
const MOST_LEFT = 20;

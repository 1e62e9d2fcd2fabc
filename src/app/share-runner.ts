import type { LocalFileStore, ShareRecord } from '../core/ports/local-file-store.ts';
import type { ScanMemory } from '../core/ports/scan-memory.ts';
import type { VerifyStore } from '../core/ports/verify-store.ts';
import type { ScanApplier } from '../index/apply-scan.ts';
import type { ChangeCounts } from '../index/change-counts.ts';
import type { HashResult } from '../index/settle-file.ts';
import {
  growingSentences,
  NOTHING_WAITS,
  rottenSentences,
  type ShareState,
  type ShareStatus,
  unreadableSentences,
  type WaitingFiles,
} from './share-status.ts';
import { ShareWatch, type ShareWatchOptions } from './share-watch.ts';
import type { HashQueue } from './shares-hash.ts';
import { type PassEnd, ShareScan, type ShareScanOptions } from './shares-scan.ts';
import { letOthers, runSteps } from './steps.ts';
import type { RottenRow } from './verify/verify-run.ts';

export interface ShareRunnerOptions {
  readonly scan: Omit<ShareScanOptions, 'share' | 'apply' | 'keep' | 'ended' | 'lost'>;
  /** Absent: changes are found by passes alone. */
  readonly watch?: Pick<ShareWatchOptions, 'watcher' | 'places'> | undefined;
  readonly memory: ScanMemory;
  readonly verified: VerifyStore;
  readonly share: ShareRecord;
  readonly files: LocalFileStore;
  readonly applier: ScanApplier;
  readonly queue: HashQueue;
  /** Something was written to the log. */
  readonly changed: (counts: ChangeCounts) => void;
}

/** One share at work: its passes, and what hashing its files comes to. */
export class ShareRunner {
  readonly #options: ShareRunnerOptions;
  readonly #scan: ShareScan;
  readonly #watch: ShareWatch | undefined;
  readonly #unreadable = new Map<number, string>();
  readonly #first = Promise.withResolvers<void>();
  readonly #settling = new Set<Promise<ChangeCounts>>();
  #stopped = false;
  /** All that lies in it is known, since the share is at work. */
  #isWhole = false;
  #counted: WaitingFiles = NOTHING_WAITS;
  #countAfter = Number.NEGATIVE_INFINITY;
  #share: ShareRecord;

  constructor(options: ShareRunnerOptions) {
    this.#options = options;
    this.#share = options.share;
    this.#scan = new ShareScan({
      ...options.scan,
      share: () => this.share(),
      apply: async (changes) => {
        const steps = this.#options.applier.apply(this.#share, changes);
        this.#options.changed(await runSteps(steps));
        this.#options.queue.kick(this.#share);
      },
      keep: (prints) => options.memory.keep(this.#share.id, prints),
      ended: (end) => this.#ended(end),
      lost: () => this.#watch?.lost(),
    });
    this.#watch = options.watch && this.#makeWatch(options.watch);
  }

  #makeWatch(watch: Pick<ShareWatchOptions, 'watcher' | 'places'>): ShareWatch {
    const { exclude, log } = this.#options.scan;
    return new ShareWatch({
      ...watch,
      ...{ exclude, log },
      share: () => this.share(),
      changed: (folders) => {
        if (folders === 'all') void this.#scan.pass();
        else this.#scan.look(folders);
      },
      began: () => this.#scan.passSoon(),
    });
  }

  /** The share as the database has it now. */
  share(): ShareRecord {
    const { files } = this.#options;
    this.#share = files.shares().find(({ id }) => id === this.#share.id) ?? this.#share;
    return this.#share;
  }

  /** Resolves when the first round is done. */
  get first(): Promise<void> {
    return this.#first.promise;
  }

  /** A pass, and the hashing of what it found. */
  async round(): Promise<void> {
    await this.#scan.pass();
    if (!this.#scan.problem) await this.#options.queue.whenIdle(this.#share.id);
    this.#first.resolve();
  }

  async settle(results: readonly HashResult[]): Promise<void> {
    for (const { id, outcome } of results) {
      if (outcome.outcome !== 'failed' || outcome.code === 'ENOENT') this.#unreadable.delete(id);
      else if (this.#unreadable.size < MAX_UNREADABLE) this.#unreadable.set(id, outcome.message);
    }
    await this.#write(() => this.#options.applier.settle(this.#share, results));
  }

  /** These are not what they were hashed as. */
  withdraw(rotten: readonly RottenRow[]): Promise<void> {
    return this.#write(() => this.#options.applier.rot(this.#share, rotten));
  }

  async #write(steps: () => Generator<void, ChangeCounts>): Promise<void> {
    if (this.#stopped) return;
    const work = runSteps(steps());
    this.#settling.add(work);
    try {
      this.#options.changed(await work);
    } finally {
      this.#settling.delete(work);
    }
  }

  status(): ShareStatus {
    const { path, name, files, bytes } = this.share();
    const { links, problem } = this.#scan;
    const rotten = this.#options.verified.rotten(this.#share.id);
    const state = this.#state();
    const warnings = [
      ...rottenSentences(rotten),
      ...this.#scan.warnings,
      ...unreadableSentences(this.#unreadable),
      ...growingSentences(this.#options.queue.growing(this.#share.id)),
      ...(this.#watch?.warning === undefined ? [] : [this.#watch.warning]),
    ];
    return {
      path,
      name,
      files,
      bytes,
      links,
      rotten: rotten.count,
      state,
      waiting: state === 'ready' ? NOTHING_WAITS : this.#waiting(),
      warnings: problem ? [problem, ...warnings] : warnings,
    };
  }

  /** Counting walks over all of them, so that it is done the less often the longer it takes. */
  #waiting(): WaitingFiles {
    const { clock } = this.#options.scan;
    const began = clock.monotonic();
    if (began < this.#countAfter) return this.#counted;
    this.#counted = this.#options.files.waiting(this.#share.id);
    const now = clock.monotonic();
    this.#countAfter = now + LENGTHS_BETWEEN_COUNTS * (now - began);
    return this.#counted;
  }

  /** Afterwards nothing of the share is written any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#watch?.stop();
    await this.#scan.stop();
    await Promise.allSettled(this.#settling);
    this.#first.resolve();
  }

  #state(): ShareState {
    if (this.#scan.problem) return 'unavailable';
    if (!this.#scan.seen) return 'scanning';
    return this.#options.queue.isBusy(this.#share.id) ? 'hashing' : 'ready';
  }

  async #ended(end: PassEnd): Promise<void> {
    const { files, memory, queue } = this.#options;
    const { id } = this.#share;
    const { root, began, whole, mounts } = end;
    this.#watch?.passed(end);
    if (!whole) return queue.kick(this.#share);
    files.setRoot(id, root);
    memory.setMounts(id, mounts);
    files.retryDeferred(id);
    while (files.forget(id, FORGET_STEP, { goneBefore: began - GONE_MS }) === FORGET_STEP) {
      await letOthers();
    }
    for (const row of this.#unreadable.keys()) if (!files.byId(row)) this.#unreadable.delete(row);
    if (!this.#isWhole && end.unread.length === 0 && files.pending(id, 1).length === 0) {
      this.#isWhole = true;
      await this.#write(() => this.#options.applier.tellDeletions(this.#share));
    }
    queue.kick(this.#share);
  }
}

/** A file that went is recognised under another name for so long. */
const GONE_MS = 60_000;
const FORGET_STEP = 50;
const MAX_UNREADABLE = 1000;
const LENGTHS_BETWEEN_COUNTS = 100;

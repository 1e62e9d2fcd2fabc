import type { LocalFileStore, ShareRecord } from '../core/ports/local-file-store.ts';
import type { HashResult, ScanApplier } from '../index/apply-scan.ts';
import type { ChangeCounts } from '../index/change-counts.ts';
import type { HashQueue } from './shares-hash.ts';
import { type PassEnd, ShareScan, type ShareScanOptions } from './shares-scan.ts';
import { letOthers, runSteps } from './steps.ts';

export type ShareState = 'scanning' | 'hashing' | 'ready' | 'unavailable';

/** One share for people. */
export interface ShareStatus {
  readonly path: string;
  readonly name: string;
  /** Files in the index. */
  readonly files: number;
  readonly bytes: number;
  readonly state: ShareState;
  /** Symbolic links that were skipped. */
  readonly links: number;
  /** Sentences. */
  readonly warnings: readonly string[];
}

export interface ShareRunnerOptions {
  readonly scan: Omit<ShareScanOptions, 'share' | 'apply' | 'ended'>;
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
  readonly #unreadable = new Map<number, string>();
  readonly #first = Promise.withResolvers<void>();
  readonly #settling = new Set<Promise<ChangeCounts>>();
  #stopped = false;
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
      ended: (end) => this.#ended(end),
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
    if (this.#stopped) return;
    const work = runSteps(this.#options.applier.settle(this.#share, results));
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
    const warnings = [...this.#scan.warnings, ...this.#unreadableSentences()];
    return {
      path,
      name,
      files,
      bytes,
      links,
      state: this.#state(),
      warnings: problem ? [problem, ...warnings] : warnings,
    };
  }

  /** Afterwards nothing of the share is written any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#scan.stop();
    await Promise.allSettled(this.#settling);
    this.#first.resolve();
  }

  #state(): ShareState {
    if (this.#scan.problem) return 'unavailable';
    if (!this.#scan.seen) return 'scanning';
    return this.#options.queue.isBusy(this.#share.id) ? 'hashing' : 'ready';
  }

  async #ended({ root, began }: PassEnd): Promise<void> {
    const { files, queue } = this.#options;
    const { id } = this.#share;
    files.setRoot(id, root);
    files.retryDeferred(id);
    while (files.forget(id, FORGET_STEP, { goneBefore: began - GONE_MS }) === FORGET_STEP) {
      await letOthers();
    }
    for (const row of this.#unreadable.keys()) if (!files.byId(row)) this.#unreadable.delete(row);
    queue.kick(this.#share);
  }

  #unreadableSentences(): string[] {
    const [first] = this.#unreadable.values();
    if (first === undefined) return [];
    const others = this.#unreadable.size === 1 ? '' : ` (and ${this.#unreadable.size - 1} more like it)`;
    return [`cannot be read${others}: ${first}`];
  }
}

/** A file that went is recognised under another name for so long. */
const GONE_MS = 60_000;
const FORGET_STEP = 50;
const MAX_UNREADABLE = 1000;

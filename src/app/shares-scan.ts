import { Worker } from 'node:worker_threads';
import type { Clock } from '../core/clock.ts';
import { systemCode } from '../core/errors.ts';
import type { ShareRecord } from '../core/ports/local-file-store.ts';
import type { Log } from '../core/ports/log.ts';
import type { ScanChange } from '../index/compare-folder.ts';
import { workerUrl } from './worker-url.ts';
import type { ScanReply, ScanRequest, ScanSetup } from './workers/scan-messages.ts';

export interface ShareScanOptions {
  /** The peer's database file. */
  readonly database: string;
  readonly exclude: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  /** Least seconds from the beginning of one pass to that of the next. */
  readonly scanSeconds: number;
  /** The share as the database has it now. */
  readonly share: () => ShareRecord;
  /** Takes a batch of differences in. */
  readonly apply: (changes: readonly ScanChange[]) => Promise<void>;
  /** A pass has reached its end, and all its batches are in. */
  readonly ended: (end: PassEnd) => Promise<void>;
}

export type PassEnd = Extract<ScanReply, { reply: 'end' }> & {
  /** Milliseconds since 1970. */
  readonly began: number;
};

/** The passes over one share, on a thread of its own: a share that hangs or breaks it stops no other. */
export class ShareScan {
  readonly #options: ShareScanOptions;
  readonly #control = new SharedArrayBuffer(8);
  readonly #counters = new Int32Array(this.#control);
  #worker: Worker | undefined;
  #pass: Pass | undefined;
  /** Waits for a pass that begins after it was asked for. */
  #next: PromiseWithResolvers<void> | undefined;
  #cancelTimer: (() => void) | undefined;
  #stopped = false;
  #problem: string | undefined;
  #links = 0;
  #warnings: readonly string[] = [];
  #passes = 0;
  #heapMb = HEAP_MB;

  constructor(options: ShareScanOptions) {
    this.#options = options;
  }

  /** Why the folder cannot be looked at, or undefined. */
  get problem(): string | undefined {
    return this.#problem;
  }

  get links(): number {
    return this.#links;
  }

  get warnings(): readonly string[] {
    return this.#warnings;
  }

  /** True once a pass has come to its end. */
  get seen(): boolean {
    return this.#passes > 0;
  }

  /** Resolves when a pass that began after this call has ended, whatever came of it; a folder that hangs is not waited for. */
  pass(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    if (!this.#pass) return this.#begin();
    this.#next ??= Promise.withResolvers<void>();
    return this.#pass.hangs ? Promise.resolve() : this.#next.promise;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelTimer?.();
    this.#pass?.cancelWatch();
    this.#pass?.done.resolve();
    this.#next?.resolve();
    await this.#pass?.batches.catch(() => {});
    const worker = this.#worker;
    this.#worker = undefined;
    if (!worker) return;
    const { clock } = this.#options;
    // A thread that hangs in the system cannot be ended.
    await Promise.race([
      worker.terminate(),
      new Promise<void>((resolve) => clock.after(END_WAIT_MS, resolve)),
    ]);
  }

  #begin(): Promise<void> {
    this.#cancelTimer?.();
    const { clock, share } = this.#options;
    const pass: Pass = {
      done: Promise.withResolvers<void>(),
      began: clock.now(),
      start: clock.monotonic(),
      batches: Promise.resolve(),
      hangs: false,
      cancelWatch: () => {},
    };
    this.#pass = pass;
    this.#worker ??= this.#start();
    this.#worker.ref();
    this.#watch(pass, -1);
    this.#worker.postMessage({ root: share().root } satisfies ScanRequest);
    return pass.done.promise;
  }

  #start(): Worker {
    const { database, exclude, share } = this.#options;
    const { id, name, path } = share();
    const setup: ScanSetup = { database, exclude, share: { id, name, path }, control: this.#control };
    const worker = new Worker(workerUrl('scan-worker'), {
      workerData: setup,
      resourceLimits: { maxOldGenerationSizeMb: this.#heapMb, maxYoungGenerationSizeMb: 4 },
    });
    worker.on('message', (reply: ScanReply) => this.#take(reply));
    worker.on('error', (error) => this.#broke(worker, error));
    worker.on('exit', () => this.#broke(worker, new Error('its thread ended')));
    return worker;
  }

  #take(reply: ScanReply): void {
    const pass = this.#pass;
    if (!pass || this.#stopped) return;
    if (reply.reply === 'batch') {
      pass.batches = pass.batches
        .then(() => (this.#stopped ? undefined : this.#options.apply(reply.changes)))
        .catch((error: unknown) => this.#fail(pass, error))
        .finally(() => {
          Atomics.add(this.#counters, 0, 1);
          Atomics.notify(this.#counters, 0);
        });
      return;
    }
    const { path } = this.#options.share();
    pass.batches = pass.batches.then(async () => {
      if (this.#stopped) return;
      if (reply.reply === 'end' && pass.failure === undefined) {
        this.#links = reply.links;
        this.#warnings = reply.warnings;
        this.#passes += 1;
        this.#setProblem(undefined);
        await this.#options.ended({ ...reply, began: pass.began });
      } else {
        this.#setProblem(
          reply.reply === 'end' ? `cannot take in what lies in ${path}: ${pass.failure}` : reply.message,
        );
      }
    });
    void pass.batches.catch((error: unknown) => this.#setProblem(String(error))).then(() => this.#end(pass));
  }

  #fail(pass: Pass, error: unknown): void {
    pass.failure ??= error instanceof Error ? error.message : String(error);
  }

  #end(pass: Pass): void {
    if (this.#pass !== pass || this.#stopped) return;
    pass.cancelWatch();
    this.#pass = undefined;
    this.#worker?.unref();
    pass.done.resolve();
    const { clock, scanSeconds } = this.#options;
    const took = clock.monotonic() - pass.start;
    if (this.#next) {
      const { resolve } = this.#next;
      this.#next = undefined;
      void this.#begin().then(resolve);
    } else {
      const wait = Math.max(scanSeconds * 1000, LENGTHS_BETWEEN * took) - took;
      this.#cancelTimer = clock.after(wait, () => void this.pass());
      if (wait > KEEP_THREAD_MS) this.#retire();
    }
  }

  #broke(worker: Worker, error: unknown): void {
    if (this.#worker !== worker || this.#stopped) return;
    this.#worker = undefined;
    if (systemCode(error) === 'ERR_WORKER_OUT_OF_MEMORY' && this.#heapMb < LARGE_HEAP_MB) {
      this.#heapMb = LARGE_HEAP_MB;
      this.#next ??= Promise.withResolvers<void>();
    } else
      this.#setProblem(
        `scanning ${this.#options.share().path} failed: ${error instanceof Error ? error.message : String(error)}`,
      );
    if (this.#pass) this.#end(this.#pass);
  }

  /** Between two passes the thread would only hold memory. */
  #retire(): void {
    const worker = this.#worker;
    this.#worker = undefined;
    void worker?.terminate();
  }

  /** A folder that does not answer for a while is said to be unavailable; its thread is left to wait. */
  #watch(pass: Pass, progress: number): void {
    pass.cancelWatch = this.#options.clock.after(HANGS_AFTER_MS, () => {
      const now = Atomics.load(this.#counters, 0) + Atomics.load(this.#counters, 1);
      pass.hangs = now === progress;
      if (pass.hangs) {
        this.#setProblem(`${this.#options.share().path} does not answer`);
        pass.done.resolve();
        this.#next?.resolve();
      }
      this.#watch(pass, now);
    });
  }

  #setProblem(problem: string | undefined): void {
    if (problem === this.#problem || this.#stopped) return;
    this.#problem = problem;
    const { log, share } = this.#options;
    if (problem) log.warn(problem, { event: 'share-unreadable', share: share().name });
    else log.info(`${share().path} can be read again`, { event: 'share-readable', share: share().name });
  }
}

interface Pass {
  readonly done: PromiseWithResolvers<void>;
  /** Milliseconds since 1970. */
  readonly began: number;
  /** By the clock that never steps. */
  readonly start: number;
  batches: Promise<void>;
  failure?: string;
  hangs: boolean;
  cancelWatch: () => void;
}

const LENGTHS_BETWEEN = 10;
const HANGS_AFTER_MS = 30_000;
const END_WAIT_MS = 2000;
const KEEP_THREAD_MS = 2000;
/** Enough for folders of some 100,000 names; a larger one gets more at the second try. */
const HEAP_MB = 64;
const LARGE_HEAP_MB = 1536;

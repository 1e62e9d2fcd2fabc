import type { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/ports/log.ts';
import { workerUrl } from './worker-url.ts';

export interface DatabaseKeeperOptions {
  /** The connection that writes. */
  readonly connection: DatabaseSync;
  /** Its file. */
  readonly file: string;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Brings what was written from the write-ahead log into the database on a thread of its own: the flushes of a checkpoint would
 * stop the writing thread for tens of milliseconds, again and again while a first scan is running.
 */
export class DatabaseKeeper {
  readonly #options: DatabaseKeeperOptions;
  #cancel: (() => void) | undefined;
  #worker: Worker | undefined;
  #stopped = false;
  #failing = false;
  /** Pages that waited at the last look, and for how many looks they were left to grow. */
  #waiting = 0;
  #patience = 0;

  constructor(options: DatabaseKeeperOptions) {
    this.#options = options;
  }

  start(): void {
    this.#options.connection.exec(
      `PRAGMA wal_autocheckpoint = ${AT_MOST_PAGES}; PRAGMA journal_size_limit = ${KEPT_BYTES}`,
    );
    this.#wait();
  }

  /** Before the connection is closed, which brings in the rest. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await this.#worker?.terminate();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #wait(ms = LOOK_MS): void {
    if (!this.#stopped) this.#cancel = this.#options.clock.after(ms, () => this.#look());
  }

  #look(): void {
    // Older SQLite does not know NOOP and takes it for PASSIVE, which is slower and right.
    const pages = this.#pages('NOOP');
    // What is written at one go goes over the same pages again and again.
    const isGrowing = pages > this.#waiting && pages < PATIENT_PAGES && this.#patience < PATIENT_LOOKS;
    this.#waiting = pages;
    this.#patience = isGrowing && pages >= WORTH_PAGES ? this.#patience + 1 : 0;
    if (isGrowing || pages < WORTH_PAGES) return this.#wait();
    const worker = new Worker(workerUrl('checkpoint-worker'), {
      workerData: { file: this.#options.file },
      resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 2 },
    });
    this.#worker = worker;
    worker.unref();
    worker.on('error', (error) => this.#failed(error));
    worker.on('exit', (code) => {
      this.#worker = undefined;
      if (code !== 0) return this.#wait(RETRY_MS);
      this.#failing = false;
      // What was written meanwhile is little; when all is in, the log begins anew instead of growing.
      if (!this.#stopped && this.#pages('NOOP') < WORTH_PAGES) this.#pages('PASSIVE');
      this.#wait();
    });
  }

  /** Pages of the log that are not in the database, after a checkpoint of that mode; none where it fails, as on a full disk. */
  #pages(mode: 'NOOP' | 'PASSIVE'): number {
    try {
      const state = this.#options.connection.prepare(`PRAGMA wal_checkpoint(${mode})`).get();
      return Number(state?.log ?? 0) - Number(state?.checkpointed ?? 0);
    } catch (error) {
      this.#failed(error);
      return 0;
    }
  }

  #failed(error: unknown): void {
    if (!this.#failing && !this.#stopped) {
      this.#options.log.warn(`checkpoint of the database failed: ${String(error)}`, {
        event: 'checkpoint-failed',
      });
    }
    this.#failing = true;
  }
}

const LOOK_MS = 500;
/** After a failure. */
const RETRY_MS = 10_000;
/** 4 MiB. */
const WORTH_PAGES = 1000;
/** 24 MiB: so much may wait while more is written, and for so long. */
const PATIENT_PAGES = 6000;
const PATIENT_LOOKS = 4;
/** 64 MiB: beyond that the writing thread does it itself. */
const AT_MOST_PAGES = 16_384;
/** What the log takes on disk once it began anew. */
const KEPT_BYTES = 8 * 1024 * 1024;

import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Address } from '../core/address.ts';
import type { Clock } from '../core/clock.ts';
import { asPeerdexError } from '../core/errors.ts';
import type { PeerId } from '../core/ids.ts';
import type { EntryQueries } from '../core/ports/entry-store.ts';
import type { Log } from '../core/ports/log.ts';
import { type AddressOf, CSV_HEADER, type CsvRow, csvLine, csvRows } from '../index/csv.ts';
import { workerUrl } from './worker-url.ts';
import type { CsvDone, CsvJob } from './workers/csv-messages.ts';
import { writeTable } from './write-table.ts';

export interface CsvExportOptions {
  /** The peer's database file, which the writing thread reads. */
  readonly database: string;
  readonly store: EntryQueries;
  /** Where the table goes, absolute. */
  readonly files: readonly string[];
  readonly addressOf: AddressOf;
  readonly clock: Clock;
  readonly log: Log;
  /** With more records than this the files are written on request only; 200,000 by default. */
  readonly maxRows?: number;
}

/**
 * The index as a table: as files that are replaced as a whole, a long one by a thread of its own, at most every 5 s and for at most 5 %
 * of the time; and as streams that are always complete.
 */
export class CsvExport {
  readonly #options: CsvExportOptions;
  #cancel: (() => void) | undefined;
  #writing: Promise<void> | undefined;
  #worker: Worker | undefined;
  #dirty = false;
  #notBefore = Number.NEGATIVE_INFINITY;
  #told = false;
  #stopped = false;

  constructor(options: CsvExportOptions) {
    this.#options = options;
  }

  start(): void {
    this.touch();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await this.#worker?.terminate();
    await this.#writing?.catch(() => {});
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** The index changed: the files are written when their time has come. */
  touch(): void {
    this.#dirty = true;
    if (this.#stopped || this.#cancel || this.#writing) return;
    const { clock, log } = this.#options;
    this.#cancel = clock.after(Math.max(0, this.#notBefore - clock.monotonic()), () => {
      this.#cancel = undefined;
      if (this.#isTooLarge()) return;
      this.write().catch((error: unknown) => {
        if (this.#stopped) return;
        log.warn(`cannot write the index as CSV: ${asPeerdexError(error).message}`, {
          event: 'csv-not-written',
        });
      });
    });
  }

  /** Writes the files now, however many rows there are. Throws `failed`. */
  write(): Promise<void> {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
      if (this.#dirty) this.touch();
    });
    return this.#writing;
  }

  /** Every row. */
  async *rows(): AsyncGenerator<CsvRow, void, undefined> {
    for (const some of csvRows(this.#options.store, this.#options.addressOf)) {
      yield* some;
      await setImmediate();
    }
  }

  /** The whole table with its header, in pieces of bounded size. `raw` leaves spreadsheet formulas as they are. */
  async *text({ raw = false }: { readonly raw?: boolean } = {}): AsyncGenerator<string, void, undefined> {
    yield CSV_HEADER;
    for (const some of csvRows(this.#options.store, this.#options.addressOf)) {
      yield some.map((row) => csvLine(row, raw)).join('');
      await setImmediate();
    }
  }

  get #length(): number {
    return this.#options.store.owners().reduce((sum, { records }) => sum + records, 0);
  }

  #isTooLarge(): boolean {
    const { maxRows = 200_000, log } = this.#options;
    const rows = this.#length;
    if (rows > maxRows && !this.#told) {
      this.#told = true;
      log.info(
        `the index has ${rows} records: index.csv is no longer kept up to date, peerdex csv writes it`,
        { event: 'csv-too-long' },
      );
    }
    return rows > maxRows;
  }

  async #write(): Promise<void> {
    const { clock, files, store, addressOf } = this.#options;
    this.#dirty = false;
    const began = clock.monotonic();
    try {
      if (this.#length > SHORT) await this.#writeByThread();
      else for (const file of files) await writeTable(file, store, addressOf);
    } finally {
      const took = clock.monotonic() - began;
      this.#notBefore = began + Math.max(EVERY_MS, took * LENGTHS);
    }
  }

  #writeByThread(): Promise<void> {
    const { database, files, store, addressOf } = this.#options;
    const places: [PeerId, Address][] = store.owners().flatMap(({ owner }) => {
      const address = addressOf(owner);
      return address ? [[owner, { host: address.host, port: address.port }]] : [];
    });
    const job: CsvJob = { database, files, places };
    return new Promise((resolve, reject) => {
      const worker = new Worker(workerUrl('csv-worker'), {
        workerData: job,
        resourceLimits: { maxOldGenerationSizeMb: 48, maxYoungGenerationSizeMb: 4 },
      });
      this.#worker = worker;
      worker.on('message', ({ problem }: CsvDone) => {
        if (problem === undefined) resolve();
        else reject(new Error(problem));
      });
      worker.on('error', reject);
      worker.on('exit', () => {
        this.#worker = undefined;
        reject(new Error('the writing thread ended'));
      });
    });
  }
}

/** Rows that are written in less time than it takes to start a thread. */
const SHORT = 1000;
const EVERY_MS = 5000;
/** 5 % of the time. */
const LENGTHS = 20;

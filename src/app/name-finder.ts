import { Worker } from 'node:worker_threads';
import type { Clock } from '../core/clock.ts';
import { PeerdexError } from '../core/errors.ts';
import type { PeerId } from '../core/ids.ts';
import type { Log } from '../core/ports/log.ts';
import type { FindQuery, Matches } from '../index/find.ts';
import { type Finder, scanHere } from '../index/finder.ts';
import type { SqliteEntryQueries } from '../storage/sqlite/entry-queries.ts';
import { LEAST_ROWS } from '../storage/sqlite/search/build-chunks.ts';
import { alignSearchDatabase, removeSearchDatabase } from '../storage/sqlite/search/search-database.ts';
import { SearchBuilder } from './search-builder.ts';
import { workerUrl } from './worker-url.ts';
import type { SearchReply, SearchRequest, SearchSetup } from './workers/search-messages.ts';

export interface NameFinderOptions extends SearchSetup {
  readonly entries: SqliteEntryQueries;
  readonly clock: Clock;
  readonly log: Log;
  /** An index with fewer records is searched here, row by row, and has no search index; 20,000 by default. */
  readonly least?: number;
}

/** As the peer's database is opened, before anything is written to it. An index that cannot be used is made anew. */
export function openNameFinder(options: NameFinderOptions): NameFinder {
  let indexed = 0;
  try {
    indexed = alignSearchDatabase(options.search, options.entries);
  } catch (error) {
    options.log.warn(`the search index is made anew: ${String(error)}`);
    removeSearchDatabase(options.search);
  }
  return new NameFinder(options, indexed);
}

/** Searches by name on a thread of their own, and keeps the search index up to date; a small index needs neither. */
export class NameFinder {
  readonly #options: NameFinderOptions;
  readonly #builder: SearchBuilder;
  readonly #here: Finder;
  readonly #waiting = new Map<number, PromiseWithResolvers<Matches>>();
  #worker: Worker | undefined;
  #holders: ReadonlySet<PeerId> | undefined;
  #nextId = 1;
  #cancel: (() => void) | undefined;
  #stopped = false;
  #told = false;

  /** `indexed`: the last number that the search index has. */
  constructor(options: NameFinderOptions, indexed: number) {
    this.#options = options;
    this.#builder = new SearchBuilder(options, indexed, () => void this.#endWorker());
    this.#here = scanHere(options.entries);
  }

  start(): void {
    this.#look();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await Promise.all([this.#endWorker(), this.#builder.stop()]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  readonly find: Finder = async (query, signal) => {
    signal?.throwIfAborted();
    if (this.#stopped || this.#isSmall) return this.#here(query, signal);
    try {
      return await this.#ask(query, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (!this.#told) this.#options.log.warn(`the search index cannot be used: ${String(error)}`);
      this.#told = true;
      return this.#here(query, signal);
    }
  };

  get #isSmall(): boolean {
    return this.#options.entries.numbers().last < (this.#options.least ?? SMALL);
  }

  #look(): void {
    if (this.#stopped) return;
    this.#cancel = this.#options.clock.after(LOOK_MS, () => this.#look());
    if (this.#isSmall) return;
    this.#worker ??= this.#startWorker();
    if (this.#options.entries.numbers().last - this.#builder.upTo >= LEAST_ROWS) this.#builder.build();
  }

  async #ask(query: FindQuery, signal: AbortSignal | undefined): Promise<Matches> {
    this.#worker ??= this.#startWorker();
    const worker = this.#worker;
    const { parts, owners, holders, limit, ...filter } = query;
    const id = this.#nextId++;
    const asked = Promise.withResolvers<Matches>();
    this.#waiting.set(id, asked);
    const cancel = () => worker.postMessage({ cancel: id } satisfies SearchRequest);
    signal?.addEventListener('abort', cancel);
    worker.postMessage({
      id,
      parts,
      filter,
      limit,
      ...(owners === holders ? {} : { owners: [...owners] }),
      ...(sameSet(holders, this.#holders) ? {} : { holders: [...holders] }),
    } satisfies SearchRequest);
    this.#holders = holders;
    try {
      return await asked.promise;
    } finally {
      signal?.removeEventListener('abort', cancel);
      this.#waiting.delete(id);
    }
  }

  #startWorker(): Worker {
    const { peer, search } = this.#options;
    const worker = new Worker(workerUrl('search-worker'), {
      workerData: { peer, search } satisfies SearchSetup,
      resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4 },
    });
    worker.unref();
    worker.on('message', (reply: SearchReply) => {
      const asked = this.#waiting.get(reply.id);
      if ('matches' in reply) asked?.resolve(reply.matches);
      else asked?.reject(new PeerdexError('failed', 'problem' in reply ? reply.problem : 'cancelled'));
    });
    worker.on('error', (error) => this.#ended(worker, error));
    worker.on('exit', () => this.#ended(worker, new Error('the searching thread ended')));
    return worker;
  }

  #ended(worker: Worker, why: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#holders = undefined;
    for (const asked of this.#waiting.values()) asked.reject(why);
  }

  async #endWorker(): Promise<void> {
    await this.#worker?.terminate();
  }
}

function sameSet(a: ReadonlySet<PeerId>, b: ReadonlySet<PeerId> | undefined): boolean {
  if (a === b) return true;
  if (a.size !== b?.size) return false;
  for (const one of a) if (!b.has(one)) return false;
  return true;
}

const SMALL = 20_000;
const LOOK_MS = 1000;

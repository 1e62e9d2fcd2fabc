import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/ports/log.ts';
import { type Finder, scanHere } from '../index/finder.ts';
import type { SqliteEntryQueries } from '../storage/sqlite/entry-queries.ts';
import { CHUNK_LIMITS } from '../storage/sqlite/search/build-chunks.ts';
import { alignSearchDatabase } from '../storage/sqlite/search/search-database.ts';
import { SearchBuilder } from './search-builder.ts';
import { SearchThread } from './search-thread.ts';
import type { SearchSetup } from './workers/search-messages.ts';

export interface NameFinderOptions extends SearchSetup {
  readonly entries: SqliteEntryQueries;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Searches by name on a thread of their own, and keeps the search index up to date. An index of some thousand records needs neither: it
 * is looked through here, which takes some milliseconds.
 */
export class NameFinder {
  readonly #options: NameFinderOptions;
  readonly #builder: SearchBuilder;
  readonly #thread: SearchThread;
  readonly #here: Finder;
  #cancel: (() => void) | undefined;
  #stopped = false;
  /** The last number at the last look. */
  #last: number;

  /** To be made as the peer's database is opened, before anything is written to it. */
  constructor(options: NameFinderOptions) {
    this.#options = options;
    this.#last = options.entries.numbers().last;
    this.#thread = new SearchThread(options, (why) => this.#builder.discard(why));
    // Whoever has the old file open would never see what is new.
    this.#builder = new SearchBuilder(options, () => void this.#thread.stop());
    this.#here = scanHere(options.entries);
    try {
      this.#builder.upTo = alignSearchDatabase(options.search, options.entries);
    } catch (error) {
      this.#builder.discard(String(error));
    }
  }

  start(): void {
    this.#look();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await Promise.all([this.#thread.stop(), this.#builder.stop()]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  readonly find: Finder = async (query, signal) => {
    signal?.throwIfAborted();
    if (this.#stopped || this.#isSmall) return this.#here(query, signal);
    try {
      return await this.#thread.find(query, signal);
    } catch (error) {
      signal?.throwIfAborted();
      this.#options.log.debug(`a search looks at every entry: ${String(error)}`);
      return this.#here(query, signal);
    }
  };

  get #isSmall(): boolean {
    return this.#options.entries.numbers().last < SMALL;
  }

  #look(): void {
    if (this.#stopped) return;
    this.#cancel = this.#options.clock.after(LOOK_MS, () => this.#look());
    const { last } = this.#options.entries.numbers();
    const isGrowing = last > this.#last;
    this.#last = last;
    if (this.#isSmall) return;
    const behind = last - this.#builder.upTo;
    // Rows that come by the thousand have the processor first: a chunk of some of them would be made again with the rest.
    if (isGrowing && behind < MANY) return;
    // Before it is wanted: the first search need not wait for it.
    this.#thread.start();
    if (behind >= CHUNK_LIMITS.least) this.#builder.build();
  }
}

/** Numbers given to records. */
const SMALL = 2 * CHUNK_LIMITS.least;
/** So many are looked at one by one in some milliseconds. */
const MANY = 4 * CHUNK_LIMITS.least;
const LOOK_MS = 1000;

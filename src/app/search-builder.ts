import { Worker } from 'node:worker_threads';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/ports/log.ts';
import { workerUrl } from './worker-url.ts';
import type { BuildSetup, SearchBuilt, SearchSetup } from './workers/search-messages.ts';

export interface SearchBuilderOptions extends SearchSetup {
  readonly clock: Clock;
  readonly log: Log;
}

/** Brings the search index up to date on a thread that lives only while there is something to do. */
export class SearchBuilder {
  readonly #options: SearchBuilderOptions;
  #worker: Worker | undefined;
  #anew = false;
  #failing = false;
  #notBefore = 0;
  readonly #replaced: () => void;
  /** The last number of `entries` that is in the index, as far as it is known. */
  upTo = 0;

  /** `replaced`: called when a damaged index was made anew, in a file of its own. */
  constructor(options: SearchBuilderOptions, replaced: () => void) {
    this.#options = options;
    this.#replaced = replaced;
  }

  /** Nothing while it is under way, and for a while after it failed. */
  build(): void {
    const { peer, search, clock } = this.#options;
    if (this.#worker || clock.monotonic() < this.#notBefore) return;
    const anew = this.#anew;
    const worker = new Worker(workerUrl('search-build-worker'), {
      workerData: { peer, search, anew } satisfies BuildSetup,
      resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4 },
    });
    this.#worker = worker;
    this.#anew = false;
    worker.unref();
    worker.on('message', (built: SearchBuilt) => {
      if ('damaged' in built) return this.discard(built.damaged);
      this.upTo = built.upTo;
      if (anew) this.#replaced();
      this.#failing = false;
    });
    worker.on('error', (error) => this.#failed(error));
    worker.on('exit', () => {
      this.#worker = undefined;
    });
  }

  /** The index is damaged: the next `build` begins from nothing. */
  discard(why: string): void {
    if (this.#anew) return;
    this.#anew = true;
    this.upTo = 0;
    this.#options.log.warn(`the search index is damaged, and made anew: ${why}`, {
      event: 'search-index-damaged',
    });
  }

  async stop(): Promise<void> {
    await this.#worker?.terminate();
  }

  #failed(error: unknown): void {
    this.#notBefore = this.#options.clock.monotonic() + RETRY_MS;
    if (!this.#failing) {
      this.#options.log.warn(`cannot bring the search index up to date: ${String(error)}`, {
        event: 'search-index-behind',
      });
    }
    this.#failing = true;
  }
}

/** After a failure, a full disk for one. Searches look at what is not indexed row by row. */
const RETRY_MS = 60_000;

import { Worker } from 'node:worker_threads';
import type { Log } from '../core/ports/log.ts';
import { workerUrl } from './worker-url.ts';
import type { SearchBuilt, SearchSetup } from './workers/search-messages.ts';

export interface SearchBuilderOptions extends SearchSetup {
  readonly log: Log;
}

/** Brings the search index up to date on a thread that lives only while there is something to do. */
export class SearchBuilder {
  readonly #options: SearchBuilderOptions;
  readonly #lost: () => void;
  #worker: Worker | undefined;
  #failing = false;
  #notBefore = 0;
  /** The last number of `entries` that is in the index, as far as it is known. */
  upTo: number;

  /** `lost`: called when the index was damaged and is made anew, so that nobody looks into the old one any more. */
  constructor(options: SearchBuilderOptions, upTo: number, lost: () => void) {
    this.#options = options;
    this.upTo = upTo;
    this.#lost = lost;
  }

  /** Nothing while it is under way. */
  build(): void {
    if (this.#worker || performance.now() < this.#notBefore) return;
    const { peer, search } = this.#options;
    const worker = new Worker(workerUrl('search-build-worker'), {
      workerData: { peer, search } satisfies SearchSetup,
      resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4 },
    });
    this.#worker = worker;
    worker.unref();
    worker.on('message', (built: SearchBuilt) => {
      if ('damaged' in built) this.#lost();
      this.upTo = 'upTo' in built ? built.upTo : 0;
      this.#failing = false;
    });
    worker.on('error', (error) => this.#failed(error));
    worker.on('exit', () => {
      this.#worker = undefined;
    });
  }

  async stop(): Promise<void> {
    await this.#worker?.terminate();
  }

  #failed(error: unknown): void {
    this.#notBefore = performance.now() + RETRY_MS;
    if (!this.#failing) this.#options.log.warn(`cannot bring the search index up to date: ${String(error)}`);
    this.#failing = true;
  }
}

/** After a failure, a full disk for one. Searches look at what is not indexed row by row. */
const RETRY_MS = 60_000;

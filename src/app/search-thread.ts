import { Worker } from 'node:worker_threads';
import { PeerdexError } from '../core/errors.ts';
import type { PeerId } from '../core/ids.ts';
import type { Matches } from '../index/find.ts';
import type { Finder } from '../index/finder.ts';
import { workerUrl } from './worker-url.ts';
import type { SearchReply, SearchRequest, SearchSetup } from './workers/search-messages.ts';

/** The thread that searches; it is started by the first search at the latest, and again after it ended. */
export class SearchThread {
  readonly #setup: SearchSetup;
  readonly #damaged: (why: string) => void;
  readonly #waiting = new Map<number, PromiseWithResolvers<Matches>>();
  #worker: Worker | undefined;
  /** As the thread knows them from the search before. */
  #holders: ReadonlySet<PeerId> | undefined;
  #nextId = 1;

  /** `damaged`: called when the search index cannot be read. */
  constructor({ peer, search }: SearchSetup, damaged: (why: string) => void) {
    this.#setup = { peer, search };
    this.#damaged = damaged;
  }

  start(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(workerUrl('search-worker'), {
      workerData: this.#setup,
      resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4 },
    });
    worker.unref();
    worker.on('message', (reply: SearchReply) => this.#answered(reply));
    worker.on('error', (error) => this.#ended(worker, error));
    worker.on('exit', () => this.#ended(worker, new PeerdexError('failed', 'the searching thread ended')));
    this.#worker = worker;
    return worker;
  }

  async stop(): Promise<void> {
    await this.#worker?.terminate();
  }

  /** Rejects when it is aborted, when the thread ends or cannot search. */
  readonly find: Finder = async (query, signal) => {
    const worker = this.start();
    const { parts, owners, holders, limit, offset, ...filter } = query;
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
      offset,
      ...(owners === holders ? {} : { owners: [...owners] }),
      ...(isSame(holders, this.#holders) ? {} : { holders: [...holders] }),
    } satisfies SearchRequest);
    this.#holders = holders;
    try {
      const matches = await asked.promise;
      // It may have been found before the thread heard that nobody waits.
      signal?.throwIfAborted();
      return matches;
    } finally {
      signal?.removeEventListener('abort', cancel);
      this.#waiting.delete(id);
    }
  };

  #answered(reply: SearchReply): void {
    const asked = this.#waiting.get(reply.id);
    if ('matches' in reply) asked?.resolve(reply.matches);
    else if ('cancelled' in reply) asked?.reject(new PeerdexError('interrupted', 'the search was cancelled'));
    else {
      asked?.reject(new PeerdexError('failed', reply.problem));
      if (reply.damaged) this.#damaged(reply.problem);
    }
  }

  #ended(worker: Worker, why: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#holders = undefined;
    for (const asked of this.#waiting.values()) asked.reject(why);
  }
}

function isSame(a: ReadonlySet<PeerId>, b: ReadonlySet<PeerId> | undefined): boolean {
  return a === b || (a.size === b?.size && a.isSubsetOf(b));
}

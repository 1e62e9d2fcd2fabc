import { Worker } from 'node:worker_threads';
import type { Clock } from '../../core/clock.ts';
import { asPeerdexError, PeerdexError } from '../../core/errors.ts';
import { endThread } from './end-thread.ts';

export interface ThreadPoolOptions<Request> {
  /** A worker that answers each request with a ThreadReply, one after the other. */
  readonly worker: URL;
  readonly clock: Clock;
  /** Threads at most. */
  readonly size: number;
  /** What they do, for errors. */
  readonly doing: string;
  /** What a request is about, for errors. */
  readonly about: (request: Request) => string;
  /** A thread that says nothing for so long is given up; 60 s unless told. */
  readonly stallMs?: number | undefined;
  /** A thread without work for so long ends; 10 s unless told. */
  readonly idleMs?: number | undefined;
}

export type ThreadReply<Answer> = { readonly alive: true } | { readonly answer: Answer };

/** Threads that do what takes long, started when there is work. */
export class ThreadPool<Request, Answer> {
  readonly #options: ThreadPoolOptions<Request>;
  readonly #queue: Task<Request, Answer>[] = [];
  readonly #slots = new Set<Slot<Request, Answer>>();
  #closed = false;

  constructor(options: ThreadPoolOptions<Request>) {
    this.#options = options;
  }

  /** Where the signal aborts while it is being done, the thread ends in the middle of it. */
  run(request: Request, signal?: AbortSignal): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(this.#stopped());
      if (signal?.aborted) return reject(signal.reason);
      const abandon = () => this.#abandon(task, signal?.reason);
      const settled =
        <T>(settle: (value: T) => void) =>
        (value: T) => {
          // A signal may live as long as a share.
          signal?.removeEventListener('abort', abandon);
          settle(value);
        };
      const task: Task<Request, Answer> = { request, resolve: settled(resolve), reject: settled(reject) };
      signal?.addEventListener('abort', abandon);
      this.#queue.push(task);
      this.#dispatch();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const task of this.#queue.splice(0)) task.reject(this.#stopped());
    await Promise.all([...this.#slots].map((slot) => this.#end(slot, this.#stopped())));
  }

  #dispatch(): void {
    while (this.#queue.length > 0 && !this.#closed) {
      const idle = [...this.#slots].find(({ task }) => !task);
      const slot = idle ?? (this.#slots.size < this.#options.size ? this.#start() : undefined);
      if (!slot) return;
      slot.task = this.#queue.shift()!;
      slot.cancelIdle?.();
      slot.worker.ref();
      slot.worker.postMessage(slot.task.request);
      this.#watch(slot);
    }
  }

  #start(): Slot<Request, Answer> {
    const worker = new Worker(this.#options.worker, {
      resourceLimits: LIMITS,
    });
    const slot: Slot<Request, Answer> = { worker, alive: true };
    this.#slots.add(slot);
    worker.unref();
    worker.on('message', (reply: ThreadReply<Answer>) => this.#answer(slot, reply));
    worker.on(
      'error',
      (error) => void this.#end(slot, asPeerdexError(error, `a ${this.#options.doing} thread died`)),
    );
    return slot;
  }

  #answer(slot: Slot<Request, Answer>, reply: ThreadReply<Answer>): void {
    slot.alive = true;
    if ('alive' in reply || !this.#slots.has(slot)) return;
    slot.task?.resolve(reply.answer);
    slot.task = undefined;
    slot.worker.unref();
    slot.cancelWatch?.();
    slot.cancelIdle = this.#options.clock.after(this.#options.idleMs ?? 10_000, () => {
      if (!slot.task) void this.#end(slot, this.#stopped());
    });
    this.#dispatch();
  }

  /** Gives a thread up that said nothing for a whole interval: its disk does not answer. */
  #watch(slot: Slot<Request, Answer>): void {
    slot.alive = false;
    slot.cancelWatch = this.#options.clock.after(this.#options.stallMs ?? 60_000, () => {
      if (slot.alive) return this.#watch(slot);
      const what = slot.task ? this.#options.about(slot.task.request) : 'the disk';
      void this.#end(slot, new PeerdexError('unavailable', `${what} does not answer`, { retry: true }));
      this.#dispatch();
    });
  }

  #abandon(task: Task<Request, Answer>, reason: unknown): void {
    const place = this.#queue.indexOf(task);
    if (place >= 0) this.#queue.splice(place, 1);
    task.reject(reason);
    // What a thread goes on with for nobody would hold files open, and back those that wait for it.
    const slot = [...this.#slots].find((one) => one.task === task);
    if (slot) void this.#end(slot, this.#stopped());
  }

  async #end(slot: Slot<Request, Answer>, reason: PeerdexError): Promise<void> {
    if (!this.#slots.delete(slot)) return;
    slot.cancelWatch?.();
    slot.cancelIdle?.();
    slot.task?.reject(reason);
    slot.task = undefined;
    await endThread(slot.worker, this.#options.clock);
    this.#dispatch();
  }

  #stopped(): PeerdexError {
    return new PeerdexError('interrupted', `${this.#options.doing} was stopped`);
  }
}

interface Task<Request, Answer> {
  readonly request: Request;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: unknown) => void;
}

interface Slot<Request, Answer> {
  readonly worker: Worker;
  task?: Task<Request, Answer> | undefined;
  alive: boolean;
  cancelWatch?: () => void;
  cancelIdle?: () => void;
}

/** What they work on lies outside the heap. */
const LIMITS = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4 };

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../../core/clock.ts';
import { asPeerdexError, PeerdexError } from '../../core/errors.ts';
import type { Hasher, HashManner, HashOutcome } from '../../core/ports/disk.ts';
import { endThread } from './end-thread.ts';

export interface HashPoolOptions {
  /** A worker that answers HashRequest with HashReply. */
  readonly worker: URL;
  readonly clock: Clock;
  /** Threads; without it one a core, at most 4. */
  readonly size?: number;
  /** A thread that reads nothing for so long is given up. */
  readonly stallMs?: number;
  /** A thread without work for so long ends. */
  readonly idleMs?: number;
}

export interface HashRequest {
  readonly root: string;
  readonly relative: readonly string[];
  readonly manner: HashManner | undefined;
}

export type HashReply = { readonly alive: true } | { readonly outcomes: readonly HashOutcome[] };

/** Threads that hash, started when there is work. */
export class HashPool implements Hasher {
  readonly size: number;
  readonly #options: HashPoolOptions;
  readonly #queue: Task[] = [];
  readonly #slots = new Set<Slot>();
  #closed = false;

  constructor(options: HashPoolOptions) {
    this.#options = options;
    this.size = options.size ?? Math.min(4, availableParallelism());
  }

  hash(
    root: string,
    relative: readonly string[],
    signal?: AbortSignal,
    manner?: HashManner,
  ): Promise<readonly HashOutcome[]> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(closed());
      if (signal?.aborted) return reject(signal.reason);
      const task: Task = { request: { root, relative, manner }, resolve, reject };
      signal?.addEventListener('abort', () => this.#abandon(task, signal.reason), { once: true });
      this.#queue.push(task);
      this.#dispatch();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const task of this.#queue.splice(0)) task.reject(closed());
    await Promise.all([...this.#slots].map((slot) => this.#end(slot, closed())));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #dispatch(): void {
    while (this.#queue.length > 0 && !this.#closed) {
      const idle = [...this.#slots].find(({ task }) => !task);
      const slot = idle ?? (this.#slots.size < this.size ? this.#start() : undefined);
      if (!slot) return;
      slot.task = this.#queue.shift()!;
      slot.cancelIdle?.();
      slot.worker.ref();
      slot.worker.postMessage(slot.task.request);
      this.#watch(slot);
    }
  }

  #start(): Slot {
    const worker = new Worker(this.#options.worker, {
      resourceLimits: LIMITS,
    });
    const slot: Slot = { worker, alive: true };
    this.#slots.add(slot);
    worker.unref();
    worker.on('message', (reply: HashReply) => this.#answer(slot, reply));
    worker.on('error', (error) => void this.#end(slot, asPeerdexError(error, 'a hashing thread died')));
    return slot;
  }

  #answer(slot: Slot, reply: HashReply): void {
    slot.alive = true;
    if ('alive' in reply || !this.#slots.has(slot)) return;
    slot.task?.resolve(reply.outcomes);
    slot.task = undefined;
    slot.worker.unref();
    slot.cancelWatch?.();
    slot.cancelIdle = this.#options.clock.after(this.#options.idleMs ?? 10_000, () => {
      if (!slot.task) void this.#end(slot, closed());
    });
    this.#dispatch();
  }

  /** Gives a thread up that said nothing for a whole interval: its disk does not answer. */
  #watch(slot: Slot): void {
    slot.alive = false;
    slot.cancelWatch = this.#options.clock.after(this.#options.stallMs ?? 60_000, () => {
      if (slot.alive) return this.#watch(slot);
      void this.#end(
        slot,
        new PeerdexError('unavailable', `${slot.task?.request.root} does not answer`, { retry: true }),
      );
      this.#dispatch();
    });
  }

  #abandon(task: Task, reason: unknown): void {
    const place = this.#queue.indexOf(task);
    if (place >= 0) this.#queue.splice(place, 1);
    task.reject(reason);
  }

  async #end(slot: Slot, reason: PeerdexError): Promise<void> {
    if (!this.#slots.delete(slot)) return;
    slot.cancelWatch?.();
    slot.cancelIdle?.();
    slot.task?.reject(reason);
    slot.task = undefined;
    await endThread(slot.worker, this.#options.clock);
    this.#dispatch();
  }
}

interface Task {
  readonly request: HashRequest;
  readonly resolve: (outcomes: readonly HashOutcome[]) => void;
  readonly reject: (reason: unknown) => void;
}

interface Slot {
  readonly worker: Worker;
  task?: Task | undefined;
  alive: boolean;
  cancelWatch?: () => void;
  cancelIdle?: () => void;
}

/** Leaf hashes lie outside the heap. */
const LIMITS = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4 };

const closed = (): PeerdexError => new PeerdexError('interrupted', 'hashing was stopped');

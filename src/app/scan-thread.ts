import { Worker } from 'node:worker_threads';
import type { Clock } from '../core/clock.ts';
import { systemCode } from '../core/errors.ts';
import { endThread } from '../storage/disk/end-thread.ts';
import { workerUrl } from './worker-url.ts';
import type { ScanReply, ScanRequest, ScanSetup } from './workers/scan-messages.ts';

export interface ScanThreadOptions {
  readonly setup: () => Omit<ScanSetup, 'control'>;
  readonly clock: Clock;
  readonly reply: (reply: ScanReply) => void;
  /** It ended in the middle of its work; `again`: the same will do better on the next one. */
  readonly broke: (error: unknown, again: boolean) => void;
}

/** The thread that walks one share, started when there is something to walk and ended when there was nothing for a while. */
export class ScanThread {
  readonly #options: ScanThreadOptions;
  readonly #control = new SharedArrayBuffer(8);
  readonly #counters = new Int32Array(this.#control);
  #worker: Worker | undefined;
  #heapMb = HEAP_MB;
  #cancelRetire: (() => void) | undefined;

  constructor(options: ScanThreadOptions) {
    this.#options = options;
  }

  /** Grows while the thread gets on. */
  get progress(): number {
    return Atomics.load(this.#counters, 0) + Atomics.load(this.#counters, 1);
  }

  begin(request: ScanRequest): void {
    this.#cancelRetire?.();
    this.#worker ??= this.#start();
    this.#worker.ref();
    this.#worker.postMessage(request);
  }

  /** A batch was taken in: the thread may send another one. */
  tookIn(): void {
    Atomics.add(this.#counters, 0, 1);
    Atomics.notify(this.#counters, 0);
  }

  /** Nothing to do for now: before long it would only hold memory. */
  rest(): void {
    this.#worker?.unref();
    this.#cancelRetire?.();
    this.#cancelRetire = this.#options.clock.after(KEEP_MS, () => {
      const worker = this.#worker;
      this.#worker = undefined;
      void worker?.terminate();
    });
  }

  async stop(): Promise<void> {
    this.#cancelRetire?.();
    const worker = this.#worker;
    this.#worker = undefined;
    if (worker) await endThread(worker, this.#options.clock);
  }

  #start(): Worker {
    const worker = new Worker(workerUrl('scan-worker'), {
      workerData: { ...this.#options.setup(), control: this.#control } satisfies ScanSetup,
      resourceLimits: { maxOldGenerationSizeMb: this.#heapMb, maxYoungGenerationSizeMb: 4 },
    });
    worker.on('message', (reply: ScanReply) => this.#options.reply(reply));
    worker.on('error', (error) => this.#broke(worker, error));
    worker.on('exit', () => this.#broke(worker, new Error('its thread ended')));
    return worker;
  }

  #broke(worker: Worker, error: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const again = systemCode(error) === 'ERR_WORKER_OUT_OF_MEMORY' && this.#heapMb < LARGE_HEAP_MB;
    if (again) this.#heapMb = LARGE_HEAP_MB;
    this.#options.broke(error, again);
  }
}

const KEEP_MS = 2000;
/** Enough for folders of some 100,000 names; a larger one gets more at the second try. */
const HEAP_MB = 64;
const LARGE_HEAP_MB = 1536;

import type { Clock } from '../core/clock.ts';

export interface ScanPassOptions {
  readonly clock: Clock;
  /** False: only some folders are looked at. */
  readonly whole: boolean;
  /** Grows while the thread gets on. */
  readonly progress: () => number;
  /** The thread does not get on; may be called several times. */
  readonly onHang: () => void;
}

/** One pass over a share: its batches are taken in one after the other, and it is seen whether the thread gets on. */
export class ScanPass {
  /** Milliseconds since 1970. */
  readonly began: number;
  readonly whole: boolean;
  readonly #options: ScanPassOptions;
  readonly #start: number;
  readonly #done = Promise.withResolvers<void>();
  #work: Promise<void> = Promise.resolve();
  #failure: string | undefined;
  #hangs = false;
  #hungMs = 0;
  #cancelWatch = () => {};

  constructor(options: ScanPassOptions) {
    this.#options = options;
    this.whole = options.whole;
    this.began = options.clock.now();
    this.#start = options.clock.monotonic();
    this.#watch(-1);
  }

  /** Resolves when it has ended, or hangs. */
  get done(): Promise<void> {
    return this.#done.promise;
  }

  /** The thread has not got on for a while. */
  get hangs(): boolean {
    return this.#hangs;
  }

  /** Why a batch could not be taken in. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Milliseconds so far, without those in which the thread did not get on: a disk that did not answer makes no long pass. */
  get took(): number {
    return this.#options.clock.monotonic() - this.#start - this.#hungMs;
  }

  /** After all before it, whatever came of them. Never rejects: see `failure`. */
  batch(takeIn: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(takeIn).catch((error: unknown) => {
      this.#failure ??= error instanceof Error ? error.message : String(error);
    });
    return this.#work;
  }

  /** After the last batch. Rejects as the work does. */
  afterBatches(work: () => Promise<void>): Promise<void> {
    const done = this.#work.then(work);
    this.#work = done.catch(() => {});
    return done;
  }

  /** Nothing of it is under way any more. */
  get idle(): Promise<void> {
    return this.#work;
  }

  end(): void {
    this.#cancelWatch();
    this.#done.resolve();
  }

  #watch(before: number): void {
    const { clock, progress, onHang } = this.#options;
    this.#cancelWatch = clock.after(HANGS_AFTER_MS, () => {
      const now = progress();
      this.#hangs = now === before;
      if (this.#hangs) {
        this.#hungMs += HANGS_AFTER_MS;
        onHang();
        this.#done.resolve();
      }
      this.#watch(now);
    });
  }
}

const HANGS_AFTER_MS = 30_000;

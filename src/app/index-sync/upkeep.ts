import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/ports/log.ts';

/** Does `work` at once and then every hour, one after the other, until it is stopped. What it throws is logged. */
export class Upkeep {
  readonly #work: () => Promise<void>;
  readonly #clock: Clock;
  readonly #log: Log;
  #running: Promise<void> = Promise.resolve();
  #cancel: (() => void) | undefined;
  #isStopped = false;

  constructor(work: () => Promise<void>, clock: Clock, log: Log) {
    this.#work = work;
    this.#clock = clock;
    this.#log = log;
  }

  run(): void {
    this.#running = this.#work()
      .catch((error: unknown) =>
        this.#log.warn(`cannot drop old entries: ${String(error)}`, { event: 'old-entries-not-dropped' }),
      )
      .finally(() => {
        if (!this.#isStopped) this.#cancel = this.#clock.after(EVERY_MS, () => this.run());
      });
  }

  stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel?.();
    return this.#running;
  }
}

const EVERY_MS = 3600 * 1000;

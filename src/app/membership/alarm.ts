import type { Clock } from '../../core/clock.ts';

/** A wait that can be cut short. */
export class Alarm {
  readonly #clock: Clock;
  #ring: (() => void) | undefined;
  #rang = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Ends the wait that is under way, or else the next one. */
  ring(): void {
    this.#rang = true;
    this.#ring?.();
  }

  /** Resolves after `ms`, at a ring, or when the signal aborts. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#rang && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const end = () => {
          cancel();
          signal.removeEventListener('abort', end);
          resolve();
        };
        const cancel = this.#clock.after(ms, end);
        signal.addEventListener('abort', end);
        this.#ring = end;
      });
    }
    this.#ring = undefined;
    this.#rang = false;
  }
}

import type { Clock } from '../../core/clock.ts';
import type { PeerId } from '../../core/ids.ts';

/** Those that are asked again after a while. */
export class Retries {
  readonly #clock: Clock;
  readonly #timers = new Map<PeerId, () => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  has(id: PeerId): boolean {
    return this.#timers.has(id);
  }

  /** Takes the place of what was set for it before. */
  set(id: PeerId, ms: number, run: () => void): void {
    this.end(id);
    const cancel = this.#clock.after(ms, () => {
      this.#timers.delete(id);
      run();
    });
    this.#timers.set(id, cancel);
  }

  end(id: PeerId): void {
    this.#timers.get(id)?.();
    this.#timers.delete(id);
  }

  endAll(): void {
    for (const id of this.#timers.keys()) this.end(id);
  }

  /** How much longer each waits where many do, so that all of them together ask no more often than a few. At least 1. */
  get patience(): number {
    return Math.max(1, this.#timers.size / MANY);
  }
}

const MANY = 500;

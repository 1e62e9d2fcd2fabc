import type { Clock } from '../../src/core/clock.ts';

/** A clock that goes only when told. Wall time starts at `wall`, may be stepped; callbacks run in order of their time. */
export class ManualClock implements Clock {
  #monotonic = 0;
  #wall: number;
  readonly #timers = new Set<{ readonly at: number; readonly callback: () => void }>();

  constructor(wall = Date.UTC(2030, 0, 1)) {
    this.#wall = wall;
  }

  now(): number {
    return this.#wall + this.#monotonic;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#monotonic + ms, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  advance(ms: number): void {
    const until = this.#monotonic + ms;
    for (;;) {
      const due = [...this.#timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#timers.delete(due);
      this.#monotonic = Math.max(this.#monotonic, due.at);
      due.callback();
    }
    this.#monotonic = until;
  }

  /** Sets the wall clock forward or, negative, back. */
  step(ms: number): void {
    this.#wall += ms;
  }
}

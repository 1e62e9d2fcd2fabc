import type { Clock } from '../../core/clock.ts';
import type { ThroughputPoint } from '../../protocol/http/dashboard/own-operations.ts';

export const FINE_MS = 10_000;
const FINE_POINTS = 360;
/** A point of the day is so many of the hour. */
const FINE_IN_COARSE = 30;
const COARSE_POINTS = 288;

/** Bytes since the start. */
export interface Totals {
  readonly up: number;
  readonly down: number;
}

/** How fast bytes went in the last hour and day, in memory: 648 points. */
export class Throughput {
  readonly #clock: Clock;
  readonly #totals: () => Totals;
  readonly #hour: Series;
  readonly #day: Series;
  #cancel: () => void = () => {};

  constructor(clock: Clock, totals: () => Totals) {
    this.#clock = clock;
    this.#totals = totals;
    this.#hour = new Series(clock, totals(), FINE_POINTS);
    this.#day = new Series(clock, totals(), COARSE_POINTS);
    this.#next(1);
  }

  get hour(): readonly ThroughputPoint[] {
    return this.#hour.points;
  }

  get day(): readonly ThroughputPoint[] {
    return this.#day.points;
  }

  get newest(): ThroughputPoint | undefined {
    return this.#hour.points.at(-1);
  }

  [Symbol.dispose](): void {
    this.#cancel();
  }

  #next(count: number): void {
    this.#cancel = this.#clock.after(FINE_MS, () => {
      const totals = this.#totals();
      this.#hour.take(totals);
      if (count % FINE_IN_COARSE === 0) this.#day.take(totals);
      this.#next(count + 1);
    });
  }
}

class Series {
  readonly #clock: Clock;
  readonly #most: number;
  #points: readonly ThroughputPoint[] = [];
  #before: Totals & { readonly at: number };

  constructor(clock: Clock, totals: Totals, most: number) {
    this.#clock = clock;
    this.#most = most;
    this.#before = { ...totals, at: clock.monotonic() };
  }

  get points(): readonly ThroughputPoint[] {
    return this.#points;
  }

  take({ up, down }: Totals): void {
    const at = this.#clock.monotonic();
    const seconds = (at - this.#before.at) / 1000;
    const rate = (now: number, before: number) => Math.round(Math.max(0, now - before) / seconds);
    const point = {
      at: new Date(this.#clock.now()).toISOString(),
      up: rate(up, this.#before.up),
      down: rate(down, this.#before.down),
    };
    this.#points = [...this.#points, point].slice(-this.#most);
    this.#before = { up, down, at };
  }
}

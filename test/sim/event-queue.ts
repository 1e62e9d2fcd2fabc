import type { Clock } from '../../src/core/clock.ts';

interface Event {
  readonly at: number;
  /** Events of one moment happen in the order in which they were planned. */
  readonly order: number;
  run: (() => void) | undefined;
}

/** Simulated time, in milliseconds from 0: a binary heap of what will happen. */
export class EventQueue {
  readonly clock: Clock;
  #now = 0;
  #orders = 0;
  readonly #heap: Event[] = [];

  constructor() {
    this.clock = {
      now: () => this.#now,
      monotonic: () => this.#now,
      after: (ms, callback) => {
        const event = this.at(this.#now + ms, callback);
        return () => {
          event.run = undefined;
        };
      },
    };
  }

  get now(): number {
    return this.#now;
  }

  /** Events that have happened so far or were taken back. */
  happened = 0;

  at(time: number, run: () => void): { run: (() => void) | undefined } {
    this.#orders += 1;
    const event: Event = { at: Math.max(time, this.#now), order: this.#orders, run };
    this.#push(event);
    return event;
  }

  /** Lets things happen until `isOver` or nothing is left, but not beyond `end`. True when `isOver`. */
  run(isOver: () => boolean, end: number): boolean {
    while (!isOver()) {
      const event = this.#heap[0];
      if (!event || event.at > end) return false;
      this.#pop();
      this.#now = event.at;
      this.happened += 1;
      event.run?.();
    }
    return true;
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let i = heap.length;
    heap.push(event);
    while (i > 0) {
      const up = (i - 1) >> 1;
      if (isBefore(heap[up]!, event)) break;
      heap[i] = heap[up]!;
      i = up;
    }
    heap[i] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    const { length } = heap;
    if (length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= length) break;
      if (child + 1 < length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (isBefore(last, heap[child]!)) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = last;
  }
}

const isBefore = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

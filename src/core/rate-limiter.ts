import type { Clock } from './clock.ts';
import { RateQueue } from './rate-queue.ts';

/**
 * How much of a second's bytes may go at once after a pause, which may have been a process that was late: with one piece less than 5 %
 * of 2 s.
 */
const BURST_SECONDS = 0.075;
const PIECE_SECONDS = 0.02;
/** Longest wait that is named, in milliseconds: timers overflow beyond 2^31, and who waited asks again. */
const MOST_WAIT_MS = 60_000;
/** Least rate that may be set, bytes a second: below it a piece of the least size takes longer than a peer's patience. */
export const LEAST_RATE = 1000;
const LEAST_PIECE = 1024;

/**
 * A token bucket that may go into debt: a taker pays after the fact, so takers of any size get through, in order. One with a parent
 * is a part of the parent's rate: what it spends both have spent.
 */
export class RateLimiter {
  readonly #clock: Clock;
  readonly #parent: RateLimiter | undefined;
  /** Bytes a second; undefined: no limit. */
  #rate: number | undefined;
  /** Monotonic time at which the bucket is level. */
  #levelAt = Number.NEGATIVE_INFINITY;
  /** When a taker last had to wait for this rate, monotonic. */
  #waitedAt = Number.NEGATIVE_INFINITY;
  /** One for a parent and its parts. */
  readonly #queue: RateQueue;
  readonly #onChange: Set<() => void>;

  constructor(clock: Clock, rate?: number, parent?: RateLimiter) {
    this.#clock = clock;
    this.#rate = rate;
    this.#parent = parent;
    this.#queue = parent ? parent.#queue : new RateQueue(clock);
    this.#onChange = parent ? parent.#onChange : new Set();
  }

  /** Its own, whatever the parent's is. */
  get rate(): number | undefined {
    return this.#rate;
  }

  /** Whether there is any limit, its own or the parent's. */
  get isLimited(): boolean {
    return this.#rate !== undefined || (this.#parent?.isLimited ?? false);
  }

  set rate(rate: number | undefined) {
    this.#rate = rate;
    this.#levelAt = Number.NEGATIVE_INFINITY;
    this.#queue.look();
    for (const callback of [...this.#onChange]) callback();
  }

  /** Calls back after every change of the rate or the parent's, for who waits by `delay`; the returned function takes it back. */
  onChange(callback: () => void): () => void {
    this.#onChange.add(callback);
    return () => this.#onChange.delete(callback);
  }

  /** Most bytes to spend in one go, so that takers get short turns: 20 ms of the rate, but not less than 1 KiB. */
  get piece(): number {
    const most = this.#parent?.piece ?? Number.POSITIVE_INFINITY;
    if (this.#rate === undefined) return most;
    return Math.min(most, Math.max(LEAST_PIECE, Math.floor(this.#rate * PIECE_SECONDS)));
  }

  /** Milliseconds after which to ask again whether the next bytes may go, at most 60,000; 0: they may go now. */
  delay(): number {
    const others = this.#parent?.delay() ?? 0;
    if (this.#rate === undefined) return others;
    return Math.min(MOST_WAIT_MS, Math.max(others, this.#levelAt - this.#clock.monotonic()));
  }

  /** Notes that these bytes go now. */
  spend(bytes: number): void {
    this.#parent?.spend(bytes);
    if (this.#rate === undefined) return;
    const earliest = this.#clock.monotonic() - BURST_SECONDS * 1000;
    this.#levelAt = Math.max(this.#levelAt, earliest) + (bytes / this.#rate) * 1000;
  }

  /**
   * Calls `go` when the next bytes may go, at once or later, in the order of the calls among those whose own rate allows it. `go` spends
   * what it takes. The returned function takes the call back. After a change of the rate the new one holds for who waits, too.
   */
  whenFree(go: () => void): () => void {
    const giveUp = this.#queue.add({ delay: () => this.delay(), go });
    if (giveUp) this.#noteWait();
    return giveUp ?? (() => {});
  }

  /** Milliseconds since somebody last had to wait for this rate, or the parent's. */
  get idleMs(): number {
    return Math.min(this.ownIdleMs, this.#parent?.idleMs ?? Number.POSITIVE_INFINITY);
  }

  /** The same without the parent's. */
  get ownIdleMs(): number {
    return this.#clock.monotonic() - this.#waitedAt;
  }

  /** Waits for its turn and spends. A change of the rate ends the wait of the old one. Rejects with the signal's reason. */
  take(bytes: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const onAbort = () => {
        giveUp();
        reject(signal.reason);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      const giveUp = this.whenFree(() => {
        signal.removeEventListener('abort', onAbort);
        this.spend(bytes);
        resolve();
      });
    });
  }

  #noteWait(): void {
    const isLate = this.#rate !== undefined && this.#levelAt > this.#clock.monotonic();
    if (isLate) this.#waitedAt = this.#clock.monotonic();
    if (this.#parent) this.#parent.#noteWait();
  }
}

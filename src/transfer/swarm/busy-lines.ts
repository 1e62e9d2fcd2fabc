import { LEAF_BYTES } from '../../core/leaf-layout.ts';
import { kindOf, type LineKind } from './line-kind.ts';
import type { Pace } from './pace.ts';
import type { UploadLine } from './upload-line.ts';

/** A downloader that acknowledges nothing for so much longer than usual does not hold others up. */
const STALL_MS = 20;
/** Taken for usual while it is not known. */
const UNKNOWN_MS = 100;
/** So many slow ones are served at a time, beside the others. */
const MOST_SLOW = 8;
/** And so many that have not acknowledged anything yet, and may turn out to be slow. */
const MOST_NEW = 2;

/** Whether one more downloader of a kind may be served. */
export interface Slots {
  hasFor(line: UploadLine): boolean;
}

/** Downloaders with something on its way, and which of them count for how much may be. All times are monotonic milliseconds. */
export class BusyLines {
  readonly #pace: Pace;
  readonly #lines = new Set<UploadLine>();

  /** `pace`: of all of them together. */
  constructor(pace: Pace) {
    this.#pace = pace;
  }

  get lines(): ReadonlySet<UploadLine> {
    return this.#lines;
  }

  /** Something is sent to it. */
  add(line: UploadLine): void {
    if (this.#lines.size === 0) this.#pace.restart();
    this.#lines.add(line);
  }

  /** Something is on its way no more, perhaps all. */
  settle(line: UploadLine): void {
    if (line.bytes === 0) this.#lines.delete(line);
  }

  /** Bytes, without those to downloaders that are slow or new, or wait for limits of their own. */
  onTheWay(now: number): number {
    const patience = this.#patienceMs;
    let bytes = 0;
    for (const line of this.#lines)
      if (kindOf(line, now, patience) === 'usual' && !line.isHeldBack()) bytes += line.bytes;
    return bytes;
  }

  /** What is free beside these and those that something was prepared for. */
  slots(prepared: readonly { readonly line: UploadLine }[], now: number): Slots {
    const patience = this.#patienceMs;
    const free: Record<LineKind, number> = {
      usual: Number.POSITIVE_INFINITY,
      slow: MOST_SLOW,
      new: MOST_NEW,
    };
    for (const line of this.#lines) free[kindOf(line, now, patience)] -= 1;
    for (const { line } of prepared) if (!this.#lines.has(line)) free[kindOf(line, now, patience)] -= 1;
    return { hasFor: (line) => free[kindOf(line, now, patience)] > 0 };
  }

  /** Until the next of them may turn out to be slow; undefined where none may. */
  waitMs(now: number): number | undefined {
    const patience = this.#patienceMs;
    let least: number | undefined;
    for (const { waitingSince } of this.#lines) {
      const ms = waitingSince === undefined ? 0 : waitingSince + patience - now;
      if (ms > 0 && (least === undefined || ms < least)) least = ms;
    }
    return least;
  }

  /** Milliseconds in which a downloader acknowledges something, unless it is slow: what is on the way to others may go first. */
  get #patienceMs(): number {
    const { bestRate, leastMs, most } = this.#pace;
    const queueMs = bestRate > 0 ? (1000 * (2 * most + MOST_NEW * LEAF_BYTES)) / bestRate : 0;
    return 2 * (leastMs || UNKNOWN_MS) + queueMs + STALL_MS;
  }
}

import type { Clock } from '../clock.ts';

export interface PaceOptions {
  readonly clock: Clock;
  /** Turns a second, of all sources together and of one; at least 1. */
  readonly all: number;
  readonly ofOne: number;
}

/** After a pause the turns of so many seconds may be taken at once. */
export const BURST_SECONDS = 5;

/**
 * Turns by token buckets, one for all and one for each source. A bucket is one number, the time at which it is full again (the generic
 * cell rate algorithm). That is at most 5 s after its last turn, and a full bucket is as good as none: so no more sources are
 * remembered than took a turn in the last 5 s, which is at most 10 times `all`, and nobody gains by being forgotten.
 */
export class SourcePace {
  readonly #options: PaceOptions;
  /** In the order of their last turns. */
  readonly #fullAt = new Map<string, number>();
  #allFullAt = Number.NEGATIVE_INFINITY;

  constructor(options: PaceOptions) {
    this.#options = options;
  }

  /** 0 when it is this source's turn, which is taken by that; else the milliseconds after which to ask again. */
  take(source: string): number {
    const { clock, all, ofOne } = this.#options;
    const now = clock.monotonic();
    const everybodys = oneMore(this.#allFullAt, all, now);
    const mine = oneMore(this.#fullAt.get(source), ofOne, now);
    const wait = Math.max(mine.wait, everybodys.wait);
    if (wait > 0) return wait;
    this.#allFullAt = everybodys.fullAt;
    this.#fullAt.delete(source);
    this.#fullAt.set(source, mine.fullAt);
    this.#forgetFull(now);
    return 0;
  }

  /** Sources that are remembered. */
  get sources(): number {
    return this.#fullAt.size;
  }

  #forgetFull(now: number): void {
    for (const [source, fullAt] of this.#fullAt) {
      if (fullAt > now) return;
      this.#fullAt.delete(source);
    }
  }
}

/** When a bucket is full after one more turn, and the milliseconds until that turn may be taken. */
function oneMore(fullAt = Number.NEGATIVE_INFINITY, perSecond: number, now: number) {
  const next = Math.max(fullAt, now) + 1000 / perSecond;
  const wait = next - now - BURST_SECONDS * 1000;
  // Sums of thirds and sevenths: a turn that is due in a millionth of a millisecond is due.
  return { fullAt: next, wait: wait > 1e-6 ? wait : 0 };
}

import type { Clock } from '../../core/clock.ts';
import type { Followed } from './followed.ts';

/** Runs one turn and must not reject; false for another turn at once. `reached` is told when somebody who is asked has answered. */
export type TakeTurn = (followed: Followed, reached: () => void) => Promise<boolean>;

/**
 * Whose turn it is to be asked: those first that have news, then those of whom nothing is known, each in the order in which they came. Whom nobody answers
 * for soon keeps nobody waiting, and those that failed before have a few places of their own.
 */
export class Turns {
  readonly #take: TakeTurn;
  readonly #after: (followed: Followed) => void;
  readonly #clock: Clock;
  readonly #queues: Record<Urgency, Followed[]> = { news: [], unknown: [], failed: [] };
  /** Turns under way: of those that failed before, and of the others; and of these, which somebody else may count as ended. */
  #failed = 0;
  #running = 0;
  #aside = 0;
  #isClosed = false;

  /** `after` is called for whoever wants no other turn. */
  constructor(take: TakeTurn, after: (followed: Followed) => void, clock: Clock) {
    this.#take = take;
    this.#after = after;
    this.#clock = clock;
  }

  get isBusy(): boolean {
    const { news, unknown, failed } = this.#queues;
    return this.#running + this.#failed + news.length + unknown.length + failed.length > 0;
  }

  /** Nothing when it has its turn or waits for it. */
  add(followed: Followed, urgency: Urgency): void {
    if (followed.state !== 'idle' || this.#isClosed) return;
    followed.state = 'queued';
    this.#queues[urgency].push(followed);
    this.#pump();
  }

  /** It waits for a turn no more. False when it did not wait. */
  withdraw(followed: Followed): boolean {
    if (followed.state !== 'queued') return false;
    for (const queue of Object.values(this.#queues)) {
      const at = queue.indexOf(followed);
      if (at >= 0) queue.splice(at, 1);
    }
    followed.state = 'idle';
    return true;
  }

  /** Nobody has a turn any more; those under way end by themselves. */
  close(): void {
    this.#isClosed = true;
    for (const queue of Object.values(this.#queues)) queue.length = 0;
  }

  #pump(): void {
    const { news, unknown, failed } = this.#queues;
    while (failed.length > 0 && this.#failed < FAILED_AT_ONCE) {
      this.#failed += 1;
      this.#begin(
        failed.shift()!,
        'failed',
        () => {},
        () => {
          this.#failed -= 1;
        },
      );
    }
    while (this.#running < MOST && this.#running - this.#aside < AT_ONCE) {
      const [queue, urgency] = news.length > 0 ? ([news, 'news'] as const) : ([unknown, 'unknown'] as const);
      const followed = queue.shift();
      if (!followed) return;
      this.#running += 1;
      let isAside = false;
      const cancel = this.#clock.after(ASIDE_MS, () => {
        isAside = true;
        this.#aside += 1;
        this.#pump();
      });
      this.#begin(followed, urgency, cancel, () => {
        cancel();
        this.#running -= 1;
        if (isAside) this.#aside -= 1;
      });
    }
  }

  #begin(followed: Followed, urgency: Urgency, reached: () => void, ended: () => void): void {
    followed.state = 'pulling';
    followed.pull = this.#take(followed, reached).then((isDone) => {
      ended();
      followed.state = 'idle';
      if (isDone) this.#after(followed);
      else this.add(followed, urgency);
      this.#pump();
    });
  }
}

/** `failed`: the last time came to nothing. */
export type Urgency = 'news' | 'unknown' | 'failed';

const AT_ONCE = 128;
const FAILED_AT_ONCE = 16;
/** Turns at a time, those among them of whom nobody has answered within this time. */
const MOST = 512;
const ASIDE_MS = 1000;

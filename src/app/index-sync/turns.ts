import type { Followed } from './followed.ts';

/** Whose turn it is to be asked: a few at a time, in the order in which they came. */
export class Turns {
  readonly #take: (followed: Followed) => Promise<boolean>;
  readonly #after: (followed: Followed) => void;
  readonly #queue: Followed[] = [];
  #running = 0;
  #isClosed = false;

  /** `take` runs one turn and must not reject; it resolves false for another turn at once. `after` is called when it wants none. */
  constructor(take: (followed: Followed) => Promise<boolean>, after: (followed: Followed) => void) {
    this.#take = take;
    this.#after = after;
  }

  get isBusy(): boolean {
    return this.#running > 0 || this.#queue.length > 0;
  }

  /** Nothing when it has its turn or waits for it. */
  add(followed: Followed): void {
    if (followed.state !== 'idle' || this.#isClosed) return;
    followed.state = 'queued';
    this.#queue.push(followed);
    this.#pump();
  }

  /** Nobody has a turn any more; those under way end by themselves. */
  close(): void {
    this.#isClosed = true;
    this.#queue.length = 0;
  }

  #pump(): void {
    while (this.#running < AT_ONCE && this.#queue.length > 0) {
      const followed = this.#queue.shift()!;
      this.#running += 1;
      followed.state = 'pulling';
      followed.pull = this.#take(followed).then((isDone) => {
        this.#running -= 1;
        followed.state = 'idle';
        if (isDone) this.#after(followed);
        else this.add(followed);
        this.#pump();
      });
    }
  }
}

const AT_ONCE = 4;

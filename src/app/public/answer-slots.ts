import type { MemoryBudget } from '../../core/memory-budget.ts';

/** Content bytes that are read and handed over in one go. */
export const PIECE_BYTES = 64 * 1024;
/** One piece with the socket, one that is ready. */
const ANSWER_BYTES = 2 * PIECE_BYTES;

/** Places for contents that are being sent over HTTP: each has its memory reserved from its begin to its end, however slowly it is read. */
export class AnswerSlots {
  readonly #budget: MemoryBudget;
  readonly #most: number;
  #taken = 0;

  /** `most`: answers at a time, as far as the budget has memory for them. */
  constructor(budget: MemoryBudget, most = 64) {
    this.#budget = budget;
    this.#most = most;
  }

  /** A place, with what gives it back (calling it again does nothing); undefined when there is none. */
  take(): (() => void) | undefined {
    if (this.#taken >= this.#most || !this.#budget.tryReserve(ANSWER_BYTES)) return undefined;
    this.#taken += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#taken -= 1;
      this.#budget.release(ANSWER_BYTES);
    };
  }
}

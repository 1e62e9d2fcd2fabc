import type { Clock } from '../core/clock.ts';

/** Taken by the system, and not acknowledged in so many milliseconds: who never says what it has is not waited for. */
export const LOST_MS = 2_000;

/** Leaves that were sent over one channel and should be acknowledged in time. */
export class LostLeaves {
  readonly #clock: Clock;
  readonly #lost: (leaf: number) => void;
  readonly #expected: { readonly until: number; readonly leaves: readonly number[] }[] = [];
  #cancel: (() => void) | undefined;

  /** `lost`: called for every leaf when its time is over, whether it was acknowledged or not. */
  constructor(clock: Clock, lost: (leaf: number) => void) {
    this.#clock = clock;
    this.#lost = lost;
  }

  expect(leaves: readonly number[]): void {
    this.#expected.push({ until: this.#clock.monotonic() + LOST_MS, leaves });
    this.#cancel ??= this.#clock.after(LOST_MS, () => this.#look());
  }

  forget(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#expected.length = 0;
  }

  #look(): void {
    this.#cancel = undefined;
    const now = this.#clock.monotonic();
    while (this.#expected.length > 0 && this.#expected[0]!.until <= now) {
      for (const leaf of this.#expected.shift()!.leaves) this.#lost(leaf);
    }
    const [next] = this.#expected;
    if (next) this.#cancel = this.#clock.after(next.until - now, () => this.#look());
  }
}

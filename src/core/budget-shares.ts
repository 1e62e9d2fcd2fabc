import { MemoryBudget } from './memory-budget.ts';

/** Most parts that are remembered while nothing of them is used. */
const KEPT = 1000;

/** Parts of one budget by name, so that nobody who takes and does not give back can take all of it. */
export class BudgetShares {
  readonly #whole: MemoryBudget;
  readonly #partBytes: number;
  readonly #parts = new Map<string, MemoryBudget>();

  /** `partBytes`: most that one name may hold at a time. */
  constructor(whole: MemoryBudget, partBytes: number) {
    this.#whole = whole;
    this.#partBytes = Math.min(partBytes, whole.total);
  }

  of(name: string): MemoryBudget {
    const known = this.#parts.get(name);
    if (known) return known;
    if (this.#parts.size >= KEPT) this.#forgetUnused();
    const part = new MemoryBudget(this.#partBytes, this.#whole);
    this.#parts.set(name, part);
    return part;
  }

  #forgetUnused(): void {
    for (const [name, part] of this.#parts) if (part.used === 0) this.#parts.delete(name);
  }
}

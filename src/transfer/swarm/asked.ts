/** Of a neighbour that owes leaves and gave nothing for so many milliseconds others may be asked for the same. */
const STALL_MS = 5_000;
/** And nothing for so many times what a leaf usually takes: where uplinks are slow, turns are long. */
const STALL_LEAVES = 20;

/** What one neighbour was asked for, and whether it answers. All times are monotonic milliseconds. */
export class Asked {
  readonly owes = new Set<number>();
  /** The leaf that it was asked for last, or -1. */
  last = -1;
  /** It owes leaves and has given nothing for too long. */
  isStalled = false;
  #heardAt: number;

  constructor(now: number) {
    this.#heardAt = now;
  }

  for(leaf: number): void {
    this.owes.add(leaf);
    this.last = leaf;
  }

  /** A sign of life. True when it was stalled. */
  heard(now: number): boolean {
    const wasStalled = this.isStalled;
    this.#heardAt = now;
    this.isStalled = false;
    return wasStalled;
  }

  /** Whether it is stalled from now on. `usualMs`: what a leaf usually takes. */
  stalls(now: number, usualMs: number): boolean {
    const patience = Math.max(STALL_MS, STALL_LEAVES * usualMs);
    if (this.isStalled || this.owes.size === 0 || now - this.#heardAt < patience) return false;
    this.isStalled = true;
    return true;
  }
}

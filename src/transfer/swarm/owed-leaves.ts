import type { Clock } from '../../core/clock.ts';
import type { Neighbour } from './spread.ts';

/** So many neighbours may owe one leaf at a time. */
const MOST_OWERS = 3;
/** A leaf that has taken so many times the usual time since it began is asked of others too. */
const SLOW = 4;
/** Milliseconds; a leaf is not slow before. */
const LEAST_SLOW_MS = 200;

interface Owed {
  /** In the order in which they were asked. */
  readonly by: Neighbour[];
  begunBy: Neighbour | undefined;
  begunAt: number;
}

/** Which leaves are owed, by whom, and who has begun them. */
export class OwedLeaves {
  readonly #clock: Clock;
  readonly #owed = new Map<number, Owed>();
  #usualMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds from a leaf's beginning to its end, smoothed; 0 while none came. */
  get usualMs(): number {
    return this.#usualMs;
  }

  has(leaf: number): boolean {
    return this.#owed.has(leaf);
  }

  hasBegun(leaf: number): boolean {
    return this.#owed.get(leaf)?.begunBy !== undefined;
  }

  owers(leaf: number): readonly Neighbour[] {
    return this.#owed.get(leaf)?.by ?? [];
  }

  add(leaf: number, from: Neighbour): void {
    const owed = this.#owed.get(leaf);
    if (owed) owed.by.push(from);
    else this.#owed.set(leaf, { by: [from], begunBy: undefined, begunAt: 0 });
  }

  /** It owes the leaf no more. */
  remove(leaf: number, from: Neighbour): void {
    const owed = this.#owed.get(leaf);
    if (!owed) return;
    const at = owed.by.indexOf(from);
    if (at >= 0) owed.by.splice(at, 1);
    if (owed.begunBy === from) owed.begunBy = undefined;
    if (owed.by.length === 0) this.#owed.delete(leaf);
  }

  /** Who owed it, and does no more. */
  drop(leaf: number): readonly Neighbour[] {
    const owers = this.owers(leaf);
    this.#owed.delete(leaf);
    return owers;
  }

  /** Its first bytes came from there. `losers` need not give it any more, and are out of the books. */
  began(leaf: number, from: Neighbour): { isWanted: boolean; losers: readonly Neighbour[] } {
    const owed = this.#owed.get(leaf);
    if (!owed || owed.begunBy === from) return { isWanted: owed !== undefined, losers: [] };
    if (owed.begunBy && !this.#isSlow(owed)) {
      this.remove(leaf, from);
      return { isWanted: false, losers: [from] };
    }
    const slow = owed.begunBy;
    const losers = owed.by.filter((ower) => ower !== from && ower !== slow);
    for (const loser of losers) this.remove(leaf, loser);
    owed.begunBy = from;
    owed.begunAt = this.#clock.monotonic();
    return { isWanted: true, losers };
  }

  /** It came whole from there. Returns who else owed it; nobody does any more. */
  arrived(leaf: number, from: Neighbour): readonly Neighbour[] {
    const owed = this.#owed.get(leaf);
    if (owed?.begunBy === from) {
      const took = this.#clock.monotonic() - owed.begunAt;
      this.#usualMs += (took - this.#usualMs) / 8;
    }
    return this.drop(leaf).filter((ower) => ower !== from);
  }

  /** A leaf that this neighbour has and others owe, to be asked of it as well; -1 when there is none. */
  toRepeat(from: Neighbour): number {
    let best = -1;
    let fewest = MOST_OWERS;
    for (const [leaf, owed] of this.#owed) {
      if (owed.by.length > fewest || owed.by.length >= MOST_OWERS || !from.has.has(leaf)) continue;
      if (owed.by.includes(from) || (owed.begunBy && !this.#isSlow(owed))) continue;
      best = leaf;
      fewest = owed.by.length;
    }
    return best;
  }

  #isSlow({ begunAt }: Owed): boolean {
    return this.#clock.monotonic() - begunAt > Math.max(LEAST_SLOW_MS, SLOW * this.#usualMs);
  }
}

import type { Bitfield } from '../core/bitfield.ts';
import { type Random, randomInt } from '../core/random.ts';

/** Leaves asked for in one request. */
export interface Span {
  readonly first: number;
  readonly count: number;
}

/** What a policy may know when it chooses for one source. */
export interface SelectionView {
  /** Leaves that are had or asked for already; the rest are to be chosen from. */
  readonly taken: Bitfield;
  /** What the source has: all, or these. */
  readonly source: Bitfield | 'whole';
  /** How many sources are known to have the leaf. */
  availability(leaf: number): number;
  /** True when every source has everything, so that no leaf is rarer than another. */
  readonly uniform: boolean;
  /** The leaf that this source was asked for last, or -1. */
  readonly last: number;
  /** Sources that the download has. */
  readonly sources: number;
}

/** Which leaves to ask a source for next; undefined when it has nothing that is wanted. */
export type SelectionPolicy = (view: SelectionView, most: number, random: Random) => Span | undefined;

/** Leaves that are looked at before a choice is made, however large the content is. */
const LOOK_AT = 4096;

/**
 * Rarest first, ties at random, except that a source goes on where it left off while nothing is rarer: disks and page caches on
 * both sides like it, and several sources started at random places still differ.
 */
export const rarestFirst: SelectionPolicy = (view, most, random) => {
  const first = view.uniform ? nextInOrder(view, random) : rarest(view, random);
  if (first < 0) return undefined;
  let count = 1;
  while (count < most && isOpen(view, first + count)) count += 1;
  return { first, count };
};

function isOpen({ taken, source }: SelectionView, leaf: number): boolean {
  return leaf < taken.length && !taken.has(leaf) && (source === 'whole' || source.has(leaf));
}

function nextInOrder(view: SelectionView, random: Random): number {
  const { taken, last, sources } = view;
  if (last >= 0 && isOpen(view, last + 1)) return last + 1;
  const from = sources > 1 && last < 0 ? randomInt(random, taken.length) : last + 1;
  const after = taken.nextMissing(from);
  return after >= 0 ? after : taken.nextMissing(0);
}

function rarest(view: SelectionView, random: Random): number {
  const { taken, last } = view;
  const start = taken.length > LOOK_AT ? randomInt(random, taken.length) : 0;
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  let ties = 0;
  let seen = 0;
  for (let i = 0; i < taken.length && seen < LOOK_AT; i += 1) {
    const leaf = (start + i) % taken.length;
    if (!isOpen(view, leaf)) continue;
    seen += 1;
    const availability = view.availability(leaf);
    if (availability > least) continue;
    ties = availability === least ? ties + 1 : 1;
    if (ties === 1 || randomInt(random, ties) === 0) best = leaf;
    least = availability;
  }
  const onward = last + 1;
  return last >= 0 && isOpen(view, onward) && view.availability(onward) === least ? onward : best;
}

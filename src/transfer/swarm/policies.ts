import { type Random, randomInt } from '../../core/random.ts';
import { LeafSet } from './leaf-set.ts';

/** What a policy may know when it chooses a leaf to ask one neighbour for. */
export interface Choice {
  /** What the neighbour has. */
  readonly offered: LeafSet;
  /** What is had, asked for or being checked. */
  readonly taken: LeafSet;
  /** How many neighbours have or claim each leaf, without those that have everything. */
  readonly counts: Uint16Array;
  /** The leaf that this neighbour was asked for last, or -1. */
  readonly last: number;
}

/** Which leaf to ask for next: one that is offered and not taken; -1 when there is none. */
export type SwarmPolicy = (choice: Choice, random: Random) => number;

/** Leaves that are looked at before a choice is made, from a random place on, however large the content is. */
const LOOK_AT = 256;

/** Rarest first, ties at random; but a neighbour goes on where it left off while nothing is rarer, which disks on both sides like. */
export const rarestFirst: SwarmPolicy = ({ offered, taken, counts, last }, random) => {
  const onward = last + 1;
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  let ties = 0;
  let seen = 0;
  if (last >= 0 && onward < offered.length && offered.has(onward) && !taken.has(onward)) {
    best = onward;
    least = counts[onward]! - 0.5;
    if (least < 0) return onward;
  }
  offered.search(randomInt(random, offered.length), [taken], (leaf) => {
    seen += 1;
    const count = counts[leaf]!;
    if (count < least) {
      best = leaf;
      least = count;
      ties = 1;
    } else if (count === least) {
      ties += 1;
      if (randomInt(random, ties) === 0) best = leaf;
    }
    return seen >= LOOK_AT;
  });
  return best;
};

/** In the order of the content, for previews: the first of `wanted` that can be had, then what `otherwise` says. */
export function wantedFirst(wanted: LeafSet, otherwise: SwarmPolicy): SwarmPolicy {
  return (choice, random) => {
    let best = -1;
    wanted.search(0, [choice.taken], (leaf) => {
      if (choice.offered.has(leaf)) best = leaf;
      return best >= 0;
    });
    return best >= 0 ? best : otherwise(choice, random);
  };
}

/** All leaves in the order of the content. */
export const inOrder = (leaves: number): SwarmPolicy => wantedFirst(LeafSet.full(leaves), () => -1);

import type { Bitfield } from '../core/bitfield.ts';
import type { PeerId } from '../core/ids.ts';
import { LEAF_BYTES } from '../core/leaf-layout.ts';
import type { LastSeen } from './last-seen.ts';
import { LeafSet } from './swarm/leaf-set.ts';
import type { Neighbour } from './swarm/spread.ts';

const MOST_NAMED = 5;

/** The part of a content that nobody has who is connected. */
export interface MissingLeaves {
  readonly first: number;
  readonly count: number;
  /** Who had the first of them, as far as is remembered. */
  readonly lastWith: PeerId | undefined;
}

/** Undefined where some source has something that is missing, or none is there at all. */
export function missingLeaves(
  have: Bitfield,
  sources: readonly Neighbour[],
  lastSeen: LastSeen,
): MissingLeaves | undefined {
  if (sources.length === 0 || have.isFull || sources.some(({ isWhole }) => isWhole)) return undefined;
  const had = [LeafSet.of(have)];
  for (const { has } of sources) {
    let isAnyMissing = false;
    has.search(0, had, () => {
      isAnyMissing = true;
      return true;
    });
    if (isAnyMissing) return undefined;
  }
  const first = have.nextMissing();
  return { first, count: have.length - have.count, lastWith: lastSeen.with(first) };
}

/** A sentence for people. `connected`: those who lack it too, and may get it. */
export function explainMissing(
  { first, count, lastWith }: MissingLeaves,
  leaves: number,
  connected: readonly PeerId[],
  nameOf: (peer: PeerId) => string,
): string {
  const part = `${count} of ${leaves} parts, the first at byte ${first * LEAF_BYTES}`;
  const names = connected.slice(0, MOST_NAMED).map(nameOf).join(', ');
  const from = lastWith === undefined ? `; connected: ${names}` : `; ${nameOf(lastWith)} had it last`;
  return `nobody who is connected has ${part}${from}`;
}

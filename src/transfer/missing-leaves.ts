import { Bitfield } from '../core/bitfield.ts';
import type { PeerId } from '../core/ids.ts';
import { LEAF_BYTES } from '../core/leaf-layout.ts';
import type { LastSeen } from './last-seen.ts';

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
  sources: readonly (Bitfield | 'whole')[],
  lastSeen: LastSeen,
): MissingLeaves | undefined {
  const theirs = sources.filter((source) => source !== 'whole');
  if (sources.length === 0 || theirs.length < sources.length || have.isFull) return undefined;
  const union = new Bitfield(have.length);
  for (const { bytes } of theirs) union.addAll(0, bytes);
  for (let i = 0; i < have.bytes.byteLength; i += 1) {
    if ((union.bytes[i]! & ~have.bytes[i]!) !== 0) return undefined;
  }
  const first = have.nextMissing();
  return { first, count: have.length - have.count, lastWith: lastSeen.with(first) };
}

/** A sentence for people. */
export function explainMissing(
  { first, count, lastWith }: MissingLeaves,
  leaves: number,
  nameOf: (peer: PeerId) => string,
): string {
  const part = `${count} of ${leaves} parts, the first at byte ${first * LEAF_BYTES}`;
  const from = lastWith === undefined ? '' : `; ${nameOf(lastWith)} had it last`;
  return `nobody who is connected has ${part}${from}`;
}

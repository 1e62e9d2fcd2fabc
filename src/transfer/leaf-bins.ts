import type { Bitfield } from '../core/bitfield.ts';

/** Which leaves of a content are here and which come, at one moment. */
export interface LeafFacts {
  readonly have: Bitfield;
  /** Asked for and not here yet. */
  readonly coming: ReadonlySet<number>;
  /** How many connected peers have the leaf or will have it soon; undefined where nobody is connected for it. */
  readonly holders?: ((leaf: number) => number) | undefined;
}

/** So many leaves of each kind; the last three are those that are neither here nor coming, by how many connected peers have them. */
export interface LeafTally {
  have: number;
  coming: number;
  atNobody: number;
  atOne: number;
  atMore: number;
}

/** Neighbouring leaves taken together: bin i has those from `floor(i * leaves / bins)` on, up to where the next one begins. */
export interface LeafBins {
  readonly leaves: number;
  readonly have: number[];
  readonly coming: number[];
  /** The rarest leaf of the bin that is not here: how many connected peers have it; null where none is missing, or nobody is asked. */
  readonly rarest: (number | null)[];
  readonly tally: LeafTally;
}

/** The map of a content in at most `most` bins; as many as it has leaves where those are fewer. One pass over all leaves. */
export function leafBins({ have, coming, holders }: LeafFacts, most: number): LeafBins {
  const leaves = have.length;
  const count = Math.min(most, leaves);
  const tally: LeafTally = { have: have.count, coming: 0, atNobody: 0, atOne: 0, atMore: 0 };
  const bins: LeafBins = {
    leaves,
    have: new Array<number>(count).fill(0),
    coming: new Array<number>(count).fill(0),
    rarest: new Array<number | null>(count).fill(null),
    tally,
  };
  for (let bin = 0; bin < count; bin += 1) {
    const end = Math.floor(((bin + 1) * leaves) / count);
    for (let leaf = Math.floor((bin * leaves) / count); leaf < end; leaf += 1) {
      if (have.has(leaf)) {
        bins.have[bin]! += 1;
        continue;
      }
      const at = holders?.(leaf);
      if (at !== undefined) bins.rarest[bin] = Math.min(bins.rarest[bin] ?? at, at);
      if (coming.has(leaf)) {
        bins.coming[bin]! += 1;
        tally.coming += 1;
      } else tally[kindOf(at ?? 0)] += 1;
    }
  }
  return bins;
}

function kindOf(holders: number): 'atNobody' | 'atOne' | 'atMore' {
  if (holders === 0) return 'atNobody';
  return holders === 1 ? 'atOne' : 'atMore';
}

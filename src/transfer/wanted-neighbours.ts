import type { ContentSwarm } from './content-swarm.ts';
import { LEAST_NEIGHBOURS } from './swarm/mesh.ts';

/** Leaves that make one more source worth its connection, where every source has all. */
const LEAVES_A_HOLDER = 4;
/** And where they have parts: who has nothing yet may get something, and the graph has to hold together. */
const LEAVES_A_MEMBER = 2;
const LEAST_MEMBERS = 4;

/**
 * How many neighbours a download wants: a small content few, so that it is no storm of connections. `idle`: neighbours that only ask
 * and give nothing.
 */
export function wantedNeighbours({ spread }: Pick<ContentSwarm, 'spread'>, idle: number): number {
  const areAllWhole = spread.wholes === spread.neighbours.size;
  const wanted = areAllWhole
    ? Math.max(1, Math.ceil(spread.leaves / LEAVES_A_HOLDER))
    : Math.max(LEAST_MEMBERS, Math.ceil(spread.leaves / LEAVES_A_MEMBER));
  return Math.min(LEAST_NEIGHBOURS, wanted) + idle;
}

import { LEAST_NEIGHBOURS } from './swarm/mesh.ts';

/** Leaves that make one more source worth its connection, where every source has all. */
const LEAVES_A_HOLDER = 4;
/** And where they have parts: who has nothing yet may get something, and the graph has to hold together. */
const LEAVES_A_MEMBER = 2;
const LEAST_MEMBERS = 4;

/** How many sources a download of so many leaves wants: of a small content few, so that it is no storm of connections. */
export function wantedNeighbours(leaves: number, areThereMembers: boolean): number {
  const wanted = areThereMembers
    ? Math.max(LEAST_MEMBERS, Math.ceil(leaves / LEAVES_A_MEMBER))
    : Math.max(1, Math.ceil(leaves / LEAVES_A_HOLDER));
  return Math.min(LEAST_NEIGHBOURS, wanted);
}

import type { Address } from './address.ts';
import type { PeerId } from './ids.ts';

/** A peer of a swarm and where it may be found. What others tell of it is a hint: whoever dials it checks that it is the one. */
export interface SwarmMember {
  readonly peer: PeerId;
  readonly addresses: readonly Address[];
}

/** Members that one list tells of. */
export const MOST_TOLD_MEMBERS = 20;

import type { Address } from '../address.ts';
import type { ContentId, PeerId } from '../ids.ts';
import type { SwarmMember } from '../swarm-member.ts';

/** What a connection asks and tells of the members of swarms. The peers that it names have proven who they are. */
export interface MemberBook {
  /** This peer is in the swarm, and may be told to others for a while. */
  entered(content: ContentId, peer: PeerId, addresses: readonly Address[]): void;
  /** Members that somebody may be told of, without himself: at most as many as one list has. */
  others(content: ContentId, except: PeerId): readonly SwarmMember[];
  /** `from` says that these are members. */
  told(content: ContentId, from: PeerId, members: readonly SwarmMember[]): void;
}

import { blake3Hex } from './digest.ts';
import { highest } from './highest.ts';
import type { ContentId, PeerId } from './ids.ts';

/** Peers that keep the list of a swarm's members. */
export const RENDEZVOUS_PEERS = 3;

/**
 * Of these peers those whose BLAKE3(content id ‖ peer id) is highest: everybody who knows the same peers comes to the same ones,
 * and a peer that comes or goes moves few contents.
 */
export function rendezvous(
  content: ContentId,
  peers: readonly PeerId[],
  most = RENDEZVOUS_PEERS,
): readonly PeerId[] {
  // Ids are hexadecimal: without the check of each this is half of the time.
  return highest(peers, most, (peer) => blake3Hex(Buffer.from(content + peer, 'hex')));
}

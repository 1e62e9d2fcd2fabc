import { blake3Of } from './digest.ts';
import { type ContentId, fromHex, type PeerId } from './ids.ts';

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
  const prefix = fromHex(content);
  return peers
    .map((peer) => ({ peer, rank: Buffer.from(blake3Of(prefix, fromHex(peer))) }))
    .toSorted((a, b) => Buffer.compare(b.rank, a.rank))
    .slice(0, most)
    .map(({ peer }) => peer);
}

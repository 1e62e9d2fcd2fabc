import type { PeerId } from '../../core/ids.ts';
import type { KnownPeer } from '../../core/known-peer.ts';
import type { KnownPeerStore } from '../../core/ports/peer-directory.ts';

/** Known peers that end with the process. */
export class MemoryKnownPeerStore implements KnownPeerStore {
  readonly #peers = new Map<PeerId, KnownPeer>();

  all(): readonly KnownPeer[] {
    return [...this.#peers.values()];
  }

  save(peers: readonly KnownPeer[]): void {
    for (const peer of peers) this.#peers.set(peer.id, peer);
  }

  delete(ids: readonly PeerId[]): void {
    for (const id of ids) this.#peers.delete(id);
  }
}

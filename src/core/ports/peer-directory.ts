import type { PeerId } from '../ids.ts';
import type { KnownPeer } from '../known-peer.ts';

/** The other peers of the network, as far as this one knows. Answers also while the registry is away. */
export interface PeerDirectory {
  /** Active peers without this one; the same array for as long as none of them changes. */
  active(): readonly KnownPeer[];
  /** Any remembered peer, active or not. */
  get(id: PeerId): KnownPeer | undefined;
  /** Calls back with the peers that came, went, moved or have a new head. Returns what ends it. */
  onChange(listener: (changed: readonly KnownPeer[]) => void): () => void;
}

/** Where a directory is kept between two starts. */
export interface KnownPeerStore {
  all(): readonly KnownPeer[];
  save(peers: readonly KnownPeer[]): void;
  delete(ids: readonly PeerId[]): void;
}

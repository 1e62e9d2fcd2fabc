import type { NetworkEvent, NetworkHealth } from '../../protocol/http/dashboard/network-operations.ts';
import type { DirectoryPeer } from '../../protocol/http/directory-peer.ts';
import type { RegistryCare } from '../registry-local/registry-care.ts';

/**
 * The network as the dashboard shows it to who looks after it: by the registry of the same process, or by that of another machine in this
 * peer's name, which lets members of role admin do all of it and others look.
 */
export interface NetworkCare extends RegistryCare {
  /** All that are remembered. */
  peers(): Promise<readonly DirectoryPeer[]>;
  health(): Promise<NetworkHealth>;
  /** Who came and went since this process began to look, the newest first, bounded. */
  events(): readonly NetworkEvent[];
  /** Calls back when there is another one. Returns what ends it. */
  onEvent(listener: () => void): () => void;
}

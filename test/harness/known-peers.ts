import type { Address } from '../../src/core/address.ts';
import type { PeerId } from '../../src/core/ids.ts';
import type { SwarmNetwork } from '../../src/network/swarm/swarm-network.ts';
import type { SwarmDirectory } from '../../src/transfer/announcer.ts';
import type { TransferParts } from '../../src/transfer/transfer-parts.ts';
import { numberOf } from '../support/signers.ts';

export interface KnownPeer {
  readonly id: PeerId;
  readonly address: Address;
}

/** What a peer without registry and index knows of others: those who are active, and those of them who hold whatever is asked for. */
export class KnownPeers {
  readonly #addresses = new Map<PeerId, Address>();
  readonly #holders = new Set<PeerId>();

  addHolder(peer: KnownPeer): void {
    this.add(peer);
    this.#holders.add(peer.id);
  }

  /** It holds nothing as far as is known. */
  add({ id, address }: KnownPeer): void {
    this.#addresses.set(id, address);
  }

  /** It is not active any more; it is thought to hold what it held. */
  forget(peer: PeerId): void {
    this.#addresses.delete(peer);
  }

  addressesOf(peer: PeerId): readonly Address[] {
    const address = this.#addresses.get(peer);
    return address ? [address] : [];
  }

  /** Whom a content is asked of, over this swarm. */
  sources(swarm: SwarmNetwork): TransferParts['sources'] {
    return {
      holders: () => [...this.#holders],
      nameOf: (peer) => `peer-${numberOf(peer)}`,
      connect: (peer, signal, told) => {
        const known = this.addressesOf(peer);
        return swarm.link(peer, known.length > 0 ? known : told, signal);
      },
    };
  }

  /** Whom a content's swarm is asked of. `own`: where this peer is found. */
  directory(swarm: SwarmNetwork, own: Address): SwarmDirectory {
    return {
      active: () => [...this.#addresses.keys()],
      seek: (peer, content, signal) => swarm.seek(peer, this.addressesOf(peer), content, [own], signal),
    };
  }
}

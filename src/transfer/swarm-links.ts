import type { PeerId } from '../core/ids.ts';

/** The peers that this process has to do with in any swarm, at most so many. */
export class SwarmLinks {
  readonly #most: number;
  /** In how many swarms each is a neighbour. */
  readonly #peers = new Map<PeerId, number>();

  constructor(most: number) {
    this.#most = most;
  }

  /** One that is linked already costs no further connection. */
  accepts(peer: PeerId): boolean {
    return this.#peers.has(peer) || this.#peers.size < this.#most;
  }

  joined(peer: PeerId): void {
    this.#peers.set(peer, (this.#peers.get(peer) ?? 0) + 1);
  }

  left(peer: PeerId): void {
    const left = (this.#peers.get(peer) ?? 0) - 1;
    if (left > 0) this.#peers.set(peer, left);
    else this.#peers.delete(peer);
  }
}

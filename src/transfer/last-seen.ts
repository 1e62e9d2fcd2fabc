import type { PeerId } from '../core/ids.ts';
import type { LeafSet } from './swarm/leaf-set.ts';
import type { Neighbour } from './swarm/spread.ts';

/** Sources that are remembered when they go. */
const MOST_REMEMBERED = 16;

/** What sources had that are gone, the last few of them: so that people can be told who had what is missing. */
export class LastSeen {
  /** In the order in which they went. */
  readonly #gone = new Map<PeerId, LeafSet | 'whole'>();

  lost(peer: PeerId, { has, isWhole }: Neighbour): void {
    this.#gone.delete(peer);
    this.#gone.set(peer, isWhole ? 'whole' : has.clone());
    if (this.#gone.size > MOST_REMEMBERED) this.#gone.delete(this.#gone.keys().next().value as PeerId);
  }

  /** Who went last of those that had it. */
  with(leaf: number): PeerId | undefined {
    return [...this.#gone].findLast(([, had]) => had === 'whole' || had.has(leaf))?.[0];
  }
}

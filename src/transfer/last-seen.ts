import type { Bitfield } from '../core/bitfield.ts';
import type { PeerId } from '../core/ids.ts';

/** Sources that are remembered when they go. */
const MOST_REMEMBERED = 16;

/** What sources had that are gone, the last few of them: so that people can be told who had what is missing. */
export class LastSeen {
  /** In the order in which they went. */
  readonly #gone = new Map<PeerId, Bitfield | 'whole'>();

  lost(peer: PeerId, had: Bitfield | 'whole'): void {
    this.#gone.delete(peer);
    this.#gone.set(peer, had);
    if (this.#gone.size > MOST_REMEMBERED) this.#gone.delete(this.#gone.keys().next().value as PeerId);
  }

  /** Who went last of those that had it. */
  with(leaf: number): PeerId | undefined {
    return [...this.#gone].findLast(([, had]) => had === 'whole' || had.has(leaf))?.[0];
  }
}

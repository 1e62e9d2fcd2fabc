import type { IndexHead } from '../core/entry.ts';
import type { PeerId } from '../core/ids.ts';
import type { EntryQueries } from '../core/ports/entry-store.ts';
import { drawn, type Random } from '../core/random.ts';

/** How far somebody knows an owner's log. */
export interface OwnedHead extends IndexHead {
  readonly owner: PeerId;
}

export interface RecentHeadsOptions {
  readonly self: PeerId;
  readonly store: EntryQueries;
  /** The active peers without this one. */
  readonly members: () => readonly PeerId[];
  readonly random: Random;
}

const RECENT = 63;
const DRAWN = 64;

/**
 * What this peer tells others of the logs it knows, its own among them: news go on fast by what changed last, and what was missed is found sooner or
 * later by what is drawn. Its length does not grow with the network.
 */
export class RecentHeads {
  readonly #options: RecentHeadsOptions;
  /** The one that changed last at the end. */
  readonly #recent = new Set<PeerId>();

  constructor(options: RecentHeadsOptions) {
    this.#options = options;
  }

  changed(owner: PeerId): void {
    this.#recent.delete(owner);
    this.#recent.add(owner);
    for (const oldest of this.#recent) if (this.#recent.size > RECENT) this.#recent.delete(oldest);
  }

  list(): readonly OwnedHead[] {
    const { self, store, members, random } = this.#options;
    const owners = new Set([self, ...this.#recent, ...drawn(members(), DRAWN, random)]);
    return [...owners].flatMap((owner) => {
      const state = store.owner(owner);
      // Of a snapshot under way nobody else can be told: it is not known to its end.
      return state && !state.snapshot && state.seq > 0 ? [{ owner, index: state.index, seq: state.seq }] : [];
    });
  }
}

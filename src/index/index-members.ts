import type { Clock } from '../core/clock.ts';
import type { PeerId } from '../core/ids.ts';
import { mixed, numberOf } from './peer-ranks.ts';

export interface IndexMembersOptions {
  readonly self: PeerId;
  /** The active peers without this one. */
  readonly members: () => readonly PeerId[];
  /** Most of them whose entries are kept here. */
  readonly most: number;
  /** Those that are kept in any case. */
  readonly isFollowed: (peer: PeerId) => boolean;
  /** Nobody could be asked for its entries so far: it takes the place of nobody else. */
  readonly isOutOfReach?: (peer: PeerId) => boolean;
  readonly clock: Clock;
}

/** What moves besides the number of members counts after so long. */
export const AGAIN_MS = 5000;

/**
 * Whose entries this peer keeps: everybody's, or in a network of more than `most` others those it follows and a sample. Each peer has another
 * sample, and keeps it while others come and go: the ones of highest rank for (this peer, the other).
 */
export class IndexMembers {
  readonly #options: IndexMembersOptions;
  #least = 0;
  #without = 0;
  #until = Number.NEGATIVE_INFINITY;
  #count = -1;
  #moves = 0;

  constructor(options: IndexMembersOptions) {
    this.#options = options;
  }

  /** Somebody came or went. */
  refresh(): void {
    if (this.#options.members().length !== this.#count) this.#until = Number.NEGATIVE_INFINITY;
  }

  has(peer: PeerId): boolean {
    this.#look();
    return this.#rank(peer) >= this.#least || this.#options.isFollowed(peer);
  }

  /** Active peers whose entries are not kept here. */
  get without(): number {
    this.#look();
    return this.#without;
  }

  /** How often others were chosen than before. */
  get moves(): number {
    this.#look();
    return this.#moves;
  }

  #look(): void {
    const { members, most, isFollowed, clock } = this.#options;
    const now = clock.monotonic();
    if (now < this.#until) return;
    const all = members();
    this.#until = now + AGAIN_MS;
    this.#count = all.length;
    const before = this.#least;
    this.#choose(all, most, isFollowed);
    if (this.#least !== before) this.#moves += 1;
  }

  #choose(all: readonly PeerId[], most: number, isFollowed: (peer: PeerId) => boolean): void {
    this.#least = 0;
    this.#without = 0;
    if (all.length <= most) return;
    const { isOutOfReach = () => false } = this.#options;
    const inReach = all.filter((id) => !isOutOfReach(id));
    if (inReach.length <= most) return;
    const followed = inReach.filter(isFollowed).length;
    const ranks = inReach
      .filter((id) => !isFollowed(id))
      .map((id) => this.#rank(id))
      .sort((a, b) => b - a);
    const taken = Math.max(0, most - followed);
    this.#least = taken === 0 ? Number.POSITIVE_INFINITY : ranks[taken - 1]!;
    this.#without = ranks.filter((rank) => rank < this.#least).length;
  }

  #rank(peer: PeerId): number {
    return mixed(numberOf(this.#options.self), numberOf(peer));
  }
}

import { highest } from '../core/highest.ts';
import type { PeerId } from '../core/ids.ts';

/** Puts a peer and others in an order of their own for each owner; everybody who knows the same peers comes to the same order. */
export class PeerRanks {
  readonly #self: PeerId;
  /** All of them, as the others were told last, and their numbers. */
  #others: readonly PeerId[] = [];
  #all: readonly PeerId[] = [];
  #numbers = new Uint32Array(0);

  constructor(self: PeerId) {
    this.#self = self;
  }

  /**
   * So many of all, the one of highest rank for the owner first, without the owner; of equal ranks the earlier one. One pass, and the ids are read
   * anew only for another array of others.
   */
  highest(owner: PeerId, others: readonly PeerId[], most: number): readonly PeerId[] {
    this.#read(others);
    const seed = numberOf(owner);
    const candidates = highest(this.#all, most + 1, (_, n) => mixed(seed, this.#numbers[n]!));
    return candidates.filter((id) => id !== owner).slice(0, most);
  }

  #read(others: readonly PeerId[]): void {
    if (others === this.#others) return;
    this.#others = others;
    this.#all = [this.#self, ...others];
    this.#numbers = Uint32Array.from(this.#all, numberOf);
  }
}

export const numberOf = (id: PeerId): number => Number.parseInt(id.slice(0, 8), 16);

/** The finalizer of MurmurHash3 (public domain): every bit of either number moves half of the bits. */
export function mixed(a: number, b: number): number {
  let hash = a ^ Math.imul(b, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

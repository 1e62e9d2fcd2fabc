import { Bitfield } from '../core/bitfield.ts';
import type { PeerId } from '../core/ids.ts';
import { leafCount } from '../core/leaf-layout.ts';

/** Somebody who asks here for a content: what he says that he has, and what he says that he has asked others for. */
export class Asker {
  readonly peer: PeerId;
  readonly #leaves: number;
  #has: Bitfield | undefined;
  #claimed: Bitfield | undefined;

  /** `size`: bytes of the content; memory follows it and nothing that the asker says, and who says nothing takes none. */
  constructor(peer: PeerId, size: number) {
    this.peer = peer;
    this.#leaves = leafCount(size);
  }

  has(leaf: number): boolean {
    return this.#has?.has(leaf) ?? false;
  }

  claims(leaf: number): boolean {
    return this.#claimed?.has(leaf) ?? false;
  }

  bitfield(first: number, bits: Uint8Array): void {
    this.#has ??= new Bitfield(this.#leaves);
    for (const leaf of this.#has.addAll(first, bits)) this.#claimed?.delete(leaf);
  }

  got(first: number, count: number): void {
    this.#has ??= new Bitfield(this.#leaves);
    for (const leaf of this.#within(first, count)) {
      this.#has.add(leaf);
      this.#claimed?.delete(leaf);
    }
  }

  claimed(first: number, count: number): void {
    this.#claimed ??= new Bitfield(this.#leaves);
    for (const leaf of this.#within(first, count)) if (!this.has(leaf)) this.#claimed.add(leaf);
  }

  unclaimed(first: number, count: number): void {
    for (const leaf of this.#within(first, count)) this.#claimed?.delete(leaf);
  }

  /** What lies past the end of the content counts as nothing. */
  *#within(first: number, count: number): Generator<number> {
    const end = Math.min(this.#leaves, first + count);
    for (let leaf = first; leaf < end; leaf += 1) yield leaf;
  }
}

import { leafBytes } from '../../core/leaf-layout.ts';
import { type Random, randomInt } from '../../core/random.ts';
import type { Neighbour, Spread } from './spread.ts';

export interface UploadContent {
  readonly spread: Spread;
  /** Bytes. */
  readonly size: number;
  /** What is had of it here; whole: all. A seed may give another leaf than the one that was asked for. */
  readonly isWhole: () => boolean;
  /** Of each leaf, where they are not those of one content. */
  readonly bytesOf?: (leaf: number) => number;
}

/** What to send next: neighbouring leaves, the first perhaps in place of one that was asked for. */
export interface ChosenLeaves {
  readonly first: number;
  readonly count: number;
  /** Say `instead` of this leaf before the data. */
  readonly insteadOf: number | undefined;
  /** So many leaves fewer are in the queue. */
  readonly taken: number;
}

/** What one downloader has asked for of one content. */
export class UploadChannelState {
  readonly content: UploadContent;
  readonly neighbour: Neighbour;
  /** It takes other leaves than those that it asked for. */
  readonly takesOthers: boolean;
  /** Leaves asked for and not yet sent, in the order of the requests. */
  readonly #queue = new Set<number>();
  #fresh = -1;

  constructor(content: UploadContent, neighbour: Neighbour, takesOthers: boolean) {
    this.content = content;
    this.neighbour = neighbour;
    this.takesOthers = takesOthers;
  }

  bytes(leaf: number): number {
    const { size, bytesOf } = this.content;
    return bytesOf ? bytesOf(leaf) : leafBytes(size, leaf);
  }

  get queue(): ReadonlySet<number> {
    return this.#queue;
  }

  /** How many of them are new in the queue. */
  add(first: number, count: number): number {
    const before = this.#queue.size;
    for (let leaf = first; leaf < first + count; leaf += 1) this.#queue.add(leaf);
    return this.#queue.size - before;
  }

  /** How many of them were in the queue. */
  remove(first: number, count: number): number {
    const before = this.#queue.size;
    if (count > before)
      for (const leaf of this.#queue) leaf >= first && leaf < first + count && this.#queue.delete(leaf);
    else for (let leaf = first; leaf < first + count; leaf += 1) this.#queue.delete(leaf);
    return before - this.#queue.size;
  }

  /** How many were in the queue. */
  clear(): number {
    const { size } = this.#queue;
    this.#queue.clear();
    return size;
  }

  /** Takes the next leaves out of the queue: those that have spread least, at most `most`. */
  take(most: number, random: Random): ChosenLeaves | undefined {
    const first = this.#rarest();
    if (first === undefined) return undefined;
    const other = this.#better(first, random);
    const before = this.#queue.size;
    this.#queue.delete(first);
    let count = 1;
    if (other !== undefined) this.#queue.delete(other);
    else while (count < most && this.#queue.delete(first + count)) count += 1;
    const insteadOf = other === undefined ? undefined : first;
    return { first: other ?? first, count, insteadOf, taken: before - this.#queue.size };
  }

  #rarest(): number | undefined {
    const { counts } = this.content.spread;
    let best: number | undefined;
    for (const leaf of this.#queue) if (best === undefined || counts[leaf]! < counts[best]!) best = leaf;
    return best;
  }

  /** A seed's choice in place of a leaf that others have or expect: one that none does. */
  #better(asked: number, random: Random): number | undefined {
    const { spread, isWhole } = this.content;
    if (!this.takesOthers || spread.counts[asked] === 0 || spread.fresh.count === 0 || !isWhole())
      return undefined;
    const from = this.#fresh >= 0 ? this.#fresh : randomInt(random, spread.leaves);
    let found: number | undefined;
    spread.fresh.search(from, [this.neighbour.has], (leaf) => {
      found = leaf;
      return true;
    });
    if (found !== undefined) this.#fresh = (found + 1) % spread.leaves;
    return found;
  }
}

import { leafBytes } from '../../core/leaf-layout.ts';
import { type Random, randomInt } from '../../core/random.ts';
import type { Neighbour, Spread } from './spread.ts';

export interface UploadContent {
  readonly spread: Spread;
  /** Bytes. */
  readonly size: number;
  /** What is had of it here; whole: all. A seed may give another leaf than the one that was asked for. */
  readonly isWhole: () => boolean;
}

/** What to send next: neighbouring leaves, the first perhaps in place of one that was asked for. */
export interface ChosenLeaves {
  readonly first: number;
  readonly count: number;
  /** Say `instead` of this leaf before the data. */
  readonly insteadOf: number | undefined;
}

/** What one downloader has asked for of one content. */
export class UploadChannelState {
  readonly content: UploadContent;
  readonly neighbour: Neighbour;
  /** It takes other leaves than those that it asked for. */
  readonly takesOthers: boolean;
  /** Leaves asked for and not yet sent, in the order of the requests. */
  readonly queue = new Set<number>();
  #fresh = -1;

  constructor(content: UploadContent, neighbour: Neighbour, takesOthers: boolean) {
    this.content = content;
    this.neighbour = neighbour;
    this.takesOthers = takesOthers;
  }

  bytes(leaf: number): number {
    return leafBytes(this.content.size, leaf);
  }

  /** Takes the next leaves out of the queue: those that have spread least, at most `most`. */
  take(most: number, random: Random): ChosenLeaves | undefined {
    const first = this.#rarest();
    if (first === undefined) return undefined;
    const other = this.#better(first, random);
    this.queue.delete(first);
    if (other !== undefined) {
      this.queue.delete(other);
      return { first: other, count: 1, insteadOf: first };
    }
    let count = 1;
    while (count < most && this.queue.delete(first + count)) count += 1;
    return { first, count, insteadOf: undefined };
  }

  #rarest(): number | undefined {
    const { counts } = this.content.spread;
    let best: number | undefined;
    for (const leaf of this.queue) if (best === undefined || counts[leaf]! < counts[best]!) best = leaf;
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

import { Bitfield } from '../../core/bitfield.ts';
import { LeafSet } from './leaf-set.ts';

/** One connected peer as the swarm of one content sees it, whoever dialled and whoever asks. */
export interface Neighbour {
  /** What it has announced; a whole one has all, and announces no more. */
  readonly has: LeafSet;
  readonly isWhole: boolean;
}

class Known implements Neighbour {
  readonly has: LeafSet;
  isWhole: boolean;
  /** What it says it has asked others for, or what is on its way to it from here: when that was noted, in milliseconds. */
  readonly claims = new Map<number, number>();

  constructor(has: LeafSet) {
    this.has = has;
    this.isWhole = has.isFull;
  }
}

/** A claim that is neither fulfilled nor taken back in so many milliseconds counts no more. */
const CLAIM_MS = 60_000;
/** More than anybody has asked for at a time; who claims more is taken by the word for the last ones. */
const MOST_CLAIMS = 1024;

/**
 * How far each leaf of one content has spread among the neighbours. Counted as it changes, so that no choice looks at every
 * neighbour. Those that have everything are not in the counts: they tell no leaf from another.
 */
export class Spread {
  readonly leaves: number;
  /** How many neighbours have or claim the leaf, without the whole ones. */
  readonly counts: Uint16Array;
  /** Leaves that only whole neighbours have, and nobody claims. */
  readonly fresh: LeafSet;
  readonly #neighbours = new Set<Known>();
  #wholes = 0;

  /** `leaves`: how many the content has. */
  constructor(leaves: number) {
    this.leaves = leaves;
    this.counts = new Uint16Array(leaves);
    this.fresh = LeafSet.full(leaves);
  }

  get neighbours(): ReadonlySet<Neighbour> {
    return this.#neighbours;
  }

  /** Neighbours that have everything. */
  get wholes(): number {
    return this.#wholes;
  }

  /** `has`: what it announced at the start; its length must be that of the content. */
  join(has: Bitfield | 'whole' | 'nothing'): Neighbour {
    const field = has === 'whole' ? Bitfield.full(this.leaves) : has;
    const known = new Known(field === 'nothing' ? new LeafSet(this.leaves) : LeafSet.of(field));
    this.#neighbours.add(known);
    if (known.isWhole) this.#wholes += 1;
    else for (const leaf of known.has) this.#count(leaf);
    return known;
  }

  leave(neighbour: Neighbour): void {
    const known = neighbour as Known;
    if (!this.#neighbours.delete(known)) return;
    if (known.isWhole) this.#wholes -= 1;
    else for (const leaf of known.has) this.#uncount(leaf);
    for (const leaf of known.claims.keys()) this.#uncount(leaf);
  }

  /** It has this leaf now. True when that is news. */
  announced(neighbour: Neighbour, leaf: number): boolean {
    const known = neighbour as Known;
    if (!known.has.add(leaf)) return false;
    if (!known.claims.delete(leaf)) this.#count(leaf);
    if (known.has.isFull && this.#neighbours.has(known)) this.#becameWhole(known);
    return true;
  }

  /** It turned out not to have this leaf. */
  denied(neighbour: Neighbour, leaf: number): void {
    const known = neighbour as Known;
    if (!known.has.has(leaf)) return;
    if (known.isWhole) {
      known.isWhole = false;
      this.#wholes -= 1;
      for (const other of known.has) this.#count(other);
    }
    known.has.delete(leaf);
    this.#uncount(leaf);
  }

  /** It will have this leaf soon. `now`: monotonic milliseconds. */
  claimed(neighbour: Neighbour, leaf: number, now: number): void {
    const known = neighbour as Known;
    if (known.has.has(leaf)) return;
    if (!known.claims.has(leaf)) {
      if (known.claims.size >= MOST_CLAIMS) this.unclaimed(known, known.claims.keys().next().value!);
      this.#count(leaf);
    }
    known.claims.set(leaf, now);
  }

  unclaimed(neighbour: Neighbour, leaf: number): void {
    if ((neighbour as Known).claims.delete(leaf)) this.#uncount(leaf);
  }

  /** Forgets claims that came to nothing. */
  tick(now: number): void {
    for (const { claims } of this.#neighbours) {
      for (const [leaf, since] of claims) {
        if (now - since < CLAIM_MS) continue;
        claims.delete(leaf);
        this.#uncount(leaf);
      }
    }
  }

  /** Whether it has the leaf or claims it. */
  expects(neighbour: Neighbour, leaf: number): boolean {
    const known = neighbour as Known;
    return known.has.has(leaf) || known.claims.has(leaf);
  }

  #becameWhole(known: Known): void {
    known.isWhole = true;
    this.#wholes += 1;
    for (let leaf = 0; leaf < this.leaves; leaf += 1) this.#uncount(leaf);
  }

  #count(leaf: number): void {
    if (this.counts[leaf]! === 0) this.fresh.delete(leaf);
    this.counts[leaf]! += 1;
  }

  #uncount(leaf: number): void {
    this.counts[leaf]! -= 1;
    if (this.counts[leaf]! === 0) this.fresh.add(leaf);
  }
}

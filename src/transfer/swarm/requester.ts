import type { Bitfield } from '../../core/bitfield.ts';
import type { Clock } from '../../core/clock.ts';
import type { Random } from '../../core/random.ts';
import { Asked } from './asked.ts';
import { LeafSet } from './leaf-set.ts';
import { OwedLeaves } from './owed-leaves.ts';
import type { SwarmPolicy } from './policies.ts';
import { Pump } from './pump.ts';
import type { Neighbour, Spread } from './spread.ts';

/** What a requester does to the world. Of the requester's own calls only `room` may come from within these. */
export interface RequesterPort {
  /** Leaves that may be asked of it now; where there are none, `Requester.room` has to be called when there are again. */
  room(from: Neighbour): number;
  /** Most leaves in one request. */
  spanLeaves(from: Neighbour): number;
  /** Asks for neighbouring leaves. Returns how many of them were asked for: fewer, when memory is short. */
  ask(from: Neighbour, first: number, count: number): number;
  /** Takes a leaf back; what still comes of it is to be passed over. */
  cancel(from: Neighbour, leaf: number): void;
}

export interface RequesterOptions {
  /** What is had at the start; copied. */
  readonly have: Bitfield;
  readonly spread: Spread;
  readonly policy: SwarmPolicy;
  readonly clock: Clock;
  readonly random: Random;
  readonly port: RequesterPort;
}

/**
 * The asking side of one content: what to ask which neighbour for. Bookkeeping only. Outside the endgame it never asks for
 * what is had or owed; in the endgame, when a neighbour has nothing else to give, it repeats what another owes and has not begun,
 * and takes it back from the others when one begins.
 */
export class Requester {
  /** Verified and written. */
  readonly have: LeafSet;
  policy: SwarmPolicy;
  readonly #options: RequesterOptions;
  /** Had, being checked, or owed by one that is not stalled. */
  readonly #taken: LeafSet;
  readonly #owed: OwedLeaves;
  readonly #asked = new Map<Neighbour, Asked>();
  /** Asks those that may have room, or something new to be asked for. */
  readonly #pump = new Pump<Neighbour>((from) => this.#askWhatFits(from));

  constructor(options: RequesterOptions) {
    this.#options = options;
    this.policy = options.policy;
    this.have = LeafSet.of(options.have);
    this.#taken = this.have.clone();
    this.#owed = new OwedLeaves(options.clock);
  }

  /** Leaves that it owes. */
  owes(from: Neighbour): ReadonlySet<number> {
    return this.#asked.get(from)?.owes ?? NONE;
  }

  /** It can be asked from now on. */
  join(from: Neighbour): void {
    this.#asked.set(from, new Asked(this.#options.clock.monotonic()));
    this.#pump.one(from);
  }

  /** It gives nothing more; what it owed is asked of others. Nothing is cancelled. */
  leave(from: Neighbour): void {
    const asked = this.#asked.get(from);
    if (!asked) return;
    this.#asked.delete(from);
    this.#pump.forget(from);
    for (const leaf of asked.owes) this.#release(from, leaf);
    if (asked.owes.size > 0) this.#pump.all(this.#asked.keys());
  }

  /** It has announced this leaf, and the spread knows. */
  offered(from: Neighbour, leaf: number): void {
    const isTaken = this.#taken.has(leaf);
    if (isTaken && !this.#owed.has(leaf)) return;
    const asked = this.#asked.get(from);
    if (asked && !(isTaken && asked.owes.size > 0)) this.#pump.one(from);
  }

  /** There is room again for a request. */
  room(from: Neighbour): void {
    this.#pump.one(from);
  }

  /** For all of them, after a wait for memory or for the rate limit. */
  roomForAll(): void {
    this.#pump.all(this.#asked.keys());
  }

  /** Bytes of any leaf have come from it: a sign of life. */
  heard(from: Neighbour): void {
    const asked = this.#asked.get(from);
    if (asked?.heard(this.#options.clock.monotonic())) for (const leaf of asked.owes) this.#taken.add(leaf);
  }

  /**
   * The first bytes of a leaf have come; it is taken back from those that have not begun it. False when another began it first:
   * it is taken back from this one, and what comes of it is to be passed over.
   */
  began(from: Neighbour, leaf: number): boolean {
    if (!this.#asked.get(from)?.owes.has(leaf)) return false;
    const { isWanted, losers } = this.#owed.began(leaf, from);
    this.#takeBack(losers, leaf);
    return isWanted;
  }

  /** A leaf has come whole, and is being checked: `verified` or `bad` must follow. */
  arrived(from: Neighbour, leaf: number): void {
    const asked = this.#asked.get(from);
    if (!asked?.owes.delete(leaf)) return;
    this.#taken.add(leaf);
    this.#pump.later(from);
    this.#takeBack(this.#owed.arrived(leaf, from), leaf);
  }

  /** It is verified and written. */
  verified(leaf: number): void {
    this.have.add(leaf);
    this.#taken.add(leaf);
    this.#takeBack(this.#owed.drop(leaf), leaf);
  }

  /** It was not what its hash says, or could not be written: it is wanted again. */
  bad(leaf: number): void {
    if (this.have.has(leaf) || this.#owed.has(leaf)) return;
    this.#taken.delete(leaf);
    this.#pump.all(this.#asked.keys());
  }

  /** It does not give this leaf, and the spread knows that it has not got it. */
  refused(from: Neighbour, leaf: number): void {
    const asked = this.#asked.get(from);
    if (!asked?.owes.delete(leaf)) return;
    this.#release(from, leaf);
    this.#pump.all(this.#asked.keys());
  }

  /**
   * It says that it sends `given` now, in place of `asked` where that is another leaf. False when that is not wanted: it is had,
   * or another has begun it; it is then taken back.
   */
  giving(from: Neighbour, asked: number, given: number): boolean {
    return asked === given ? this.began(from, given) : this.#substituted(from, asked, given);
  }

  /** To be called every second or so: finds the stalled. */
  tick(): void {
    const now = this.#options.clock.monotonic();
    let isAnyNew = false;
    for (const asked of this.#asked.values()) {
      if (!asked.stalls(now, this.#owed.usualMs)) continue;
      isAnyNew = true;
      for (const leaf of asked.owes) this.#freeUnlessOwedByOthers(leaf);
    }
    if (isAnyNew) this.#pump.all(this.#asked.keys());
  }

  #substituted(from: Neighbour, asked: number, given: number): boolean {
    const state = this.#asked.get(from);
    if (!state) return false;
    const wasOwed = state.owes.delete(asked);
    if (wasOwed) this.#release(from, asked);
    if (!state.owes.has(given)) {
      const isOpen = !this.#taken.has(given) || (this.#owed.has(given) && !this.#owed.hasBegun(given));
      if (wasOwed && isOpen) this.#note(from, state, given);
      else this.#options.port.cancel(from, given);
    }
    const isWanted = this.began(from, given);
    if (wasOwed) this.#pump.all(this.#asked.keys());
    return isWanted;
  }

  #freeUnlessOwedByOthers(leaf: number): void {
    const isOwed = this.#owed.owers(leaf).some((ower) => this.#asked.get(ower)?.isStalled === false);
    if (!isOwed) this.#taken.delete(leaf);
  }

  #release(from: Neighbour, leaf: number): void {
    this.#owed.remove(leaf, from);
    this.#freeUnlessOwedByOthers(leaf);
  }

  #takeBack(owers: readonly Neighbour[], leaf: number): void {
    this.#pump.together(() => {
      for (const from of owers) {
        if (!this.#asked.get(from)?.owes.delete(leaf)) continue;
        this.#options.port.cancel(from, leaf);
        this.#pump.later(from);
      }
    });
  }

  #askWhatFits(from: Neighbour): void {
    const asked = this.#asked.get(from);
    if (!asked || asked.isStalled || this.have.isFull) return;
    const { port } = this.#options;
    for (let room = port.room(from); room > 0; room = port.room(from)) {
      const first = this.#choose(from, asked);
      if (first < 0) return;
      const most = Math.min(room, port.spanLeaves(from));
      const count = port.ask(from, first, this.#extend(from, first, most));
      if (count === 0) return;
      if (asked.owes.size === 0) asked.heard(this.#options.clock.monotonic());
      for (let leaf = first; leaf < first + count; leaf += 1) this.#note(from, asked, leaf);
    }
  }

  #choose(from: Neighbour, asked: Asked): number {
    const { spread, random } = this.#options;
    const choice = { offered: from.has, taken: this.#taken, counts: spread.counts, last: asked.last };
    const leaf = this.policy(choice, random);
    if (leaf >= 0 || asked.owes.size > 0) return leaf;
    return this.#owed.toRepeat(from);
  }

  /** How many leaves from `first` on are open as well; one, where the first is a repetition. */
  #extend({ has }: Neighbour, first: number, most: number): number {
    let count = 1;
    if (this.#taken.has(first)) return count;
    while (count < most && first + count < has.length && this.#isOpen(has, first + count)) count += 1;
    return count;
  }

  #isOpen(has: LeafSet, leaf: number): boolean {
    return has.has(leaf) && !this.#taken.has(leaf) && !this.#owed.has(leaf);
  }

  #note(from: Neighbour, asked: Asked, leaf: number): void {
    asked.for(leaf);
    this.#taken.add(leaf);
    this.#owed.add(leaf, from);
  }
}

const NONE: ReadonlySet<number> = new Set();

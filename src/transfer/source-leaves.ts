import { PeerdexError } from '../core/errors.ts';
import type { ContentSwarm } from './content-swarm.ts';
import { leavesIn, upTo } from './leaves-in.ts';
import type { Neighbour } from './swarm/spread.ts';

/** What one source says that it has of a content, told on to the swarm. Memory follows the content, not what the source says. */
export class SourceLeaves {
  readonly #swarm: ContentSwarm;
  readonly #neighbour: Neighbour;
  readonly #expectWhole: boolean;
  #hasAnswered = false;
  #saysWhole = false;
  /** It was taken to have all and has not. */
  isOnlyPart = false;

  /** `expectWhole`: it is taken to have all until it says otherwise; else to have what it told of itself as an asker. */
  constructor(swarm: ContentSwarm, neighbour: Neighbour, expectWhole: boolean) {
    this.#swarm = swarm;
    this.#neighbour = neighbour;
    this.#expectWhole = expectWhole;
    if (expectWhole) swarm.becameWhole(neighbour);
  }

  /** It has said nothing yet, and nothing is expected of it. */
  get isUndecided(): boolean {
    return !this.#hasAnswered && !this.#expectWhole;
  }

  /** It says whether it has all; one that has not may say later that it does. Throws `unavailable` when that was expected of it. */
  answered(whole: boolean): void {
    const isFirst = !this.#hasAnswered;
    this.#hasAnswered = true;
    if (whole) {
      this.#saysWhole = true;
      return this.#swarm.becameWhole(this.#neighbour);
    }
    if (!isFirst || !this.#expectWhole) return;
    this.isOnlyPart = true;
    this.#swarm.hasNotAll(this.#neighbour);
    // What it was asked for before it said so would be refused leaf by leaf.
    throw new PeerdexError('unavailable', 'it has only a part of it so far');
  }

  /** Throws `verification` for what it may not tell. */
  bitfield(first: number, bits: Uint8Array): void {
    this.#told(first, first, () => leavesIn(first, bits, this.#swarm.spread.leaves));
  }

  /** As `bitfield`. */
  have(first: number, count: number): void {
    this.#told(first, first + count - 1, () => upTo(first, first + count));
  }

  #told(first: number, last: number, leaves: () => Iterable<number>): void {
    if (!this.#hasAnswered || this.#saysWhole || last >= this.#swarm.spread.leaves || first < 0)
      throw new PeerdexError('verification', 'it tells of leaves that it cannot have');
    this.#swarm.announced(this.#neighbour, leaves());
  }
}

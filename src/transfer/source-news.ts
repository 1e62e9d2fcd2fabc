import type { SourceChannel } from '../core/ports/source.ts';
import type { Neighbour } from './swarm/spread.ts';

/** What one source is told of leaves that come here, from it or from others. */
export class SourceNews {
  readonly #channel: SourceChannel;
  readonly #neighbour: Neighbour;
  /** Taken back, and perhaps sent all the same: it waits to hear that they are here. */
  readonly #takenBack = new Set<number>();

  constructor(channel: SourceChannel, neighbour: Neighbour) {
    this.#channel = channel;
    this.#neighbour = neighbour;
  }

  /**
   * This leaf has come. It is told where it has to know: it gave it, or may have, or lacks it, or has all and chooses by what others
   * have.
   */
  came(leaf: number, gaveIt: boolean): void {
    const mayHaveGiven = this.#takenBack.delete(leaf) || gaveIt;
    const { has, isWhole } = this.#neighbour;
    if (mayHaveGiven || isWhole || !has.has(leaf)) this.#channel.got(leaf, 1, mayHaveGiven);
  }

  /** This leaf was taken back, and is here already or will come from elsewhere. */
  takenBack(leaf: number, isHere: boolean): void {
    if (isHere) this.#channel.got(leaf, 1, true);
    else this.#takenBack.add(leaf);
  }

  /** Another whole source gives this one. */
  claim(leaf: number): void {
    this.#channel.claim(leaf, 1);
  }

  /** It does not after all. */
  unclaim(leaf: number): void {
    this.#channel.unclaim(leaf, 1);
  }

  /** It came from there, and is not what its hash says. */
  complain(leaf: number): void {
    this.#channel.complain(leaf);
  }
}

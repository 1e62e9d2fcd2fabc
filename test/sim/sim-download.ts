import { leafBytes } from '../../src/core/leaf-layout.ts';
import type { Asker, LinkWindow } from '../../src/transfer/link-window.ts';
import type { SimLink } from './sim-link.ts';
import type { SimPeer } from './sim-peer.ts';

/** What one end of a connection asks of the other, and what comes: as the real sessions do, without hashes. */
export class SimDownload implements Asker {
  readonly #self: SimPeer;
  readonly #link: SimLink;
  readonly #window: LinkWindow;
  /** Leaves that were taken back, and may have been sent all the same: their have is an acknowledgement. */
  readonly #takenBack = new Set<number>();
  /** Leaves that are coming in: whether they are wanted. */
  readonly #coming = new Map<number, boolean>();

  constructor(self: SimPeer, link: SimLink) {
    this.#self = self;
    this.#link = link;
    this.#window = self.newWindow();
  }

  room(): number {
    if (!this.#link.isOpen) return 0;
    return this.#window.room(this);
  }

  mayAsk(): void {
    const { neighbour } = this.#link;
    if (neighbour) this.#self.requester.room(neighbour);
  }

  ask(first: number, count: number): number {
    if (this.#self.requester.owes(this.#link.neighbour!).size === 0) this.#link.heard();
    for (let leaf = first; leaf < first + count; leaf += 1) this.#window.asked(this.#bytes(leaf));
    this.#link.tellAsked(first, count);
    return count;
  }

  cancel(leaf: number): void {
    if (!this.#link.isOpen) return;
    this.#window.released(this.#bytes(leaf));
    if (this.#coming.has(leaf)) this.#coming.set(leaf, false);
    if (this.#self.requester.have.has(leaf)) this.#link.tellHave(leaf);
    else this.#takenBack.add(leaf);
    this.#link.tellCancelled(leaf);
  }

  /** Whether the other side should know that this leaf is here: not where it has it itself and waits for no acknowledgement. */
  isNews(leaf: number): boolean {
    const wasCancelled = this.#takenBack.delete(leaf);
    const { neighbour } = this.#link;
    return wasCancelled || !neighbour || neighbour.isWhole || !neighbour.has.has(leaf);
  }

  /** The other side gives `given` where `asked` was asked for, or of its own. */
  giving(asked: number, given: number): void {
    const { neighbour } = this.#link;
    const { requester } = this.#self;
    if (!neighbour) return;
    const owes = requester.owes(neighbour);
    const wasOwed = owes.has(asked);
    if (!owes.has(given)) {
      if (asked === given) return;
      this.#window.asked(this.#bytes(given));
    }
    if (requester.giving(neighbour, asked, given)) this.#link.claim(given);
    if (wasOwed && asked !== given) this.#window.released(this.#bytes(asked));
  }

  /** Bytes of a leaf have come, from `start` to before `end`. */
  data(leaf: number, start: number, end: number, isGood: boolean): void {
    const { neighbour, isOpen } = this.#link;
    if (!neighbour || !isOpen) return;
    const self = this.#self;
    this.#link.heard();
    self.requester.heard(neighbour);
    if (start === 0) this.#coming.set(leaf, self.requester.began(neighbour, leaf));
    const isWanted = this.#coming.get(leaf) === true;
    if (!isWanted) self.wasted += end - start;
    if (end < this.#bytes(leaf)) return;
    this.#coming.delete(leaf);
    if (!isWanted) return;
    this.#window.arrived(this.#bytes(leaf));
    self.mesh.used(this.#link.peer, end);
    self.requester.arrived(neighbour, leaf);
    self.check(leaf, this.#link, isGood);
  }

  #bytes(leaf: number): number {
    return leafBytes(this.#self.options.size, leaf);
  }
}

import type { SourceSession } from './source-session.ts';

/** What the whole sources of one download are told of each other's giving, so that no two give the swarm the same first. */
export class LeafClaims {
  readonly #claimed = new Set<number>();

  /** This one gives a leaf now. */
  begun(by: SourceSession, leaf: number, sessions: Iterable<SourceSession>): void {
    if (!by.neighbour.isWhole || this.#claimed.has(leaf)) return;
    for (const other of sessions) {
      if (other === by || !other.neighbour.isWhole) continue;
      other.news.claim(leaf);
      this.#claimed.add(leaf);
    }
  }

  /** It is here: to be had is more than to be claimed. */
  came(leaf: number): void {
    this.#claimed.delete(leaf);
  }

  /** These will not come from where they were to come. */
  ended(leaves: readonly number[], sessions: readonly SourceSession[]): void {
    for (const leaf of leaves) {
      if (!this.#claimed.delete(leaf)) continue;
      for (const other of sessions) if (other.neighbour.isWhole) other.news.unclaim(leaf);
    }
  }
}

import type { Bitfield } from '../core/bitfield.ts';
import type { PeerId } from '../core/ids.ts';
import { LastSeen } from './last-seen.ts';
import { type MissingLeaves, missingLeaves } from './missing-leaves.ts';
import type { SourceSession } from './source-session.ts';
import { type SourceFacts, type SourceShare, SourceShares } from './source-shares.ts';

/** The sources of one download: who is connected, what each gave, and what those had that are gone. */
export class DownloadSources {
  readonly #sessions = new Map<PeerId, SourceSession>();
  readonly #shares = new SourceShares();
  readonly #lastSeen = new LastSeen();
  /** Sources that were expected to have all and said that they have not. */
  readonly #inPart = new Set<PeerId>();

  get peers(): readonly PeerId[] {
    return [...this.#sessions.keys()];
  }

  get isAnyOnItsWay(): boolean {
    return [...this.#sessions.values()].some(({ owing, writing }) => owing > 0 || writing > 0);
  }

  sessions(): Iterable<SourceSession> {
    return this.#sessions.values();
  }

  has(peer: PeerId): boolean {
    return this.#sessions.has(peer);
  }

  /** False for one that has said otherwise, before it was lost. */
  mayBeWhole(peer: PeerId): boolean {
    return !this.#inPart.has(peer);
  }

  joined(session: SourceSession): void {
    this.#sessions.set(session.peer, session);
  }

  left({ peer }: SourceSession): void {
    this.#sessions.delete(peer);
  }

  /** What it had and was, where the download goes on without it. */
  remember({ peer, neighbour, isOnlyPart }: SourceSession): void {
    if (isOnlyPart) this.#inPart.add(peer);
    else this.#lastSeen.lost(peer, neighbour);
  }

  /** So many verified bytes. */
  gave(peer: PeerId, bytes: number): void {
    this.#shares.gave(peer, bytes);
  }

  /** Every source that ever gave something, and those that are connected. */
  shares(): readonly SourceShare[] {
    return this.#shares.with(this.#sessions);
  }

  /** Those that are connected now. */
  facts(): readonly SourceFacts[] {
    return [...this.#sessions.values()].map((session) => this.#shares.factsOf(session));
  }

  /** Leaves that are missing and that none of them has. */
  missing(have: Bitfield): MissingLeaves | undefined {
    const neighbours = [...this.#sessions.values()].map(({ neighbour }) => neighbour);
    return missingLeaves(have, neighbours, this.#lastSeen);
  }
}

import type { Clock } from '../core/clock.ts';
import type { PeerId } from '../core/ids.ts';
import { drawn, type Random } from '../core/random.ts';
import { PeerRanks } from './peer-ranks.ts';

export interface PageSourcesOptions {
  readonly self: PeerId;
  /** The active peers without this one. */
  readonly members: () => readonly PeerId[];
  readonly clock: Clock;
  readonly random: Random;
}

/** In a network of so many others not everybody asks the owner. */
export const LARGE = 16;
/** So many peers ask the owner itself, and the rest asks them. */
const FIRST = 8;
const HELPERS = 4;
/** An owner brings its log to so many of them. */
export const BROUGHT_TO = 2;
/** Milliseconds after a change: by then those who can dial the owner have asked it, and it brings its log. */
export const BRING_AFTER_MS = 2000;
const UNREACHABLE_MS = 300_000;

/**
 * Whom to ask for an owner's log. In a large network a few peers, the same for everybody, ask the owner, and all others one of them a moment
 * later: so a change costs its owner the same whatever the number of peers. Who has nothing yet asks a few helpers for the logs of all.
 */
export class PageSources {
  readonly #options: PageSourcesOptions;
  readonly #ranks: PeerRanks;
  /** Until when on the monotonic clock they are asked last. */
  readonly #unreachable = new Map<PeerId, number>();
  #helpers: readonly PeerId[] = [];
  /** Helpers that have answered. */
  readonly #proven = new Set<PeerId>();

  constructor(options: PageSourcesOptions) {
    this.#options = options;
    this.#ranks = new PeerRanks(options.self);
  }

  isLarge(): boolean {
    return this.#options.members().length >= LARGE;
  }

  /** Milliseconds before a change of an owner is asked for: those who ask it itself come first, and what it has to bring is not there before. */
  waitMs(owner: PeerId): number {
    if (!this.isLarge()) return 0;
    const brought = this.#isUnreachable(owner) ? BRING_AFTER_MS + WAIT_MS : 0;
    if (this.firsts(owner).includes(this.#options.self)) return brought;
    return brought + WAIT_MS * (0.5 + this.#options.random.next());
  }

  /** Peers to ask, in this order. `isNew`: nothing is known of the owner yet. `owner`: it itself has to be asked first. */
  order(owner: PeerId, isNew: boolean, mustBeOwner = false): readonly PeerId[] {
    const others = this.#others(owner, isNew);
    const isLast = this.#isUnreachable(owner);
    if (isLast) return [...others, owner];
    const isOwnersTurn =
      mustBeOwner || !this.isLarge() || (!isNew && this.firsts(owner).includes(this.#options.self));
    if (isOwnersTurn) return [owner, ...others];
    return [...others.slice(0, 2), owner, ...others.slice(2)];
  }

  /** Peers that ask the owner itself; everybody who knows the same peers comes to the same ones. */
  firsts(owner: PeerId): readonly PeerId[] {
    return this.#ranks.highest(owner, this.#options.members(), FIRST);
  }

  /** Nobody answered at its addresses. */
  failed(server: PeerId): void {
    const now = this.#options.clock.monotonic();
    // Those that failed first come first.
    for (const [id, until] of this.#unreachable) {
      if (until > now) break;
      this.#unreachable.delete(id);
    }
    this.#unreachable.delete(server);
    this.#unreachable.set(server, now + UNREACHABLE_MS);
    this.#helpers = this.#helpers.filter((id) => id !== server);
    this.#proven.delete(server);
  }

  answered(server: PeerId): void {
    this.#unreachable.delete(server);
    if (this.#helpers.includes(server)) this.#proven.add(server);
  }

  #others(owner: PeerId, isNew: boolean): readonly PeerId[] {
    const { self, members, random } = this.#options;
    if (isNew && this.isLarge()) return this.#draw(this.#allHelpers(), owner);
    const from = this.isLarge() ? this.firsts(owner).filter((id) => id !== self) : members();
    const reachable = from.filter((id) => id !== owner && !this.#isUnreachable(id));
    if (!this.#isUnreachable(owner)) return drawn(reachable, MOST_OTHERS, random);
    // An owner that nobody can dial brings its log to the first two of these. The other first ones ask these two, and everybody else the other first ones.
    const firsts = this.firsts(owner);
    const brought = firsts.slice(0, BROUGHT_TO).filter((id) => reachable.includes(id));
    const rest = reachable.filter((id) => !brought.includes(id));
    const two = drawn(brought, BROUGHT_TO, random);
    const others = drawn(rest, MOST_OTHERS - two.length, random);
    return firsts.includes(self) ? [...two, ...others] : [...others, ...two];
  }

  #draw(helpers: readonly PeerId[], owner: PeerId): readonly PeerId[] {
    const some = helpers.filter((id) => id !== owner);
    const proven = some.filter((id) => this.#proven.has(id));
    const others = some.filter((id) => !this.#proven.has(id));
    const { random } = this.#options;
    // While none has answered, most may be away: then one of them is tried for each owner.
    if (proven.length === 0) return drawn(others, 1, random);
    return [...drawn(proven, MOST_OTHERS, random), ...drawn(others, MOST_OTHERS, random)].slice(
      0,
      MOST_OTHERS,
    );
  }

  /** The same few for all owners, so that few connections are made. */
  #allHelpers(): readonly PeerId[] {
    const { members, random } = this.#options;
    if (this.#helpers.length < HELPERS) {
      const reachable = members().filter((id) => !this.#isUnreachable(id) && !this.#helpers.includes(id));
      this.#helpers = [...this.#helpers, ...drawn(reachable, HELPERS - this.#helpers.length, random)];
    }
    return this.#helpers;
  }

  #isUnreachable(id: PeerId): boolean {
    return (this.#unreachable.get(id) ?? 0) > this.#options.clock.monotonic();
  }
}

const WAIT_MS = 300;
const MOST_OTHERS = 3;

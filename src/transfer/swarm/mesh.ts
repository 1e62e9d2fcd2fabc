import type { Clock } from '../../core/clock.ts';
import type { PeerId } from '../../core/ids.ts';
import { type Random, randomInt } from '../../core/random.ts';

/** What the mesh does to the world. `dial` is answered by `connected` or `failed`, later; `drop` by nothing. */
export interface MeshPort {
  dial(peer: PeerId): void;
  drop(peer: PeerId): void;
}

export interface MeshOptions {
  readonly self: PeerId;
  readonly clock: Clock;
  readonly random: Random;
  readonly port: MeshPort;
  /** Dials until it has so many neighbours. */
  readonly least?: number;
  /** Takes connections in until it has so many. */
  readonly most?: number;
}

/** As others dial as well, a peer comes to about 40: with 20 a swarm of 64 is 3 % slower. */
const LEAST_NEIGHBOURS = 20;
const MOST_NEIGHBOURS = 48;
/** Members that are remembered; others are forgotten at random. */
const MOST_KNOWN = 1000;
/** So many addresses are told to another. */
export const MOST_TOLD = 20;
/** Milliseconds in which a member that could not be reached, or was full, is not tried again. */
const RETRY_MS = 30_000;
/** Milliseconds after which the least useful neighbour may give way to another. */
const SWAP_MS = 30_000;

/** Which members of one content's swarm to be connected to: a bounded random graph that heals. Bookkeeping only. */
export class Mesh {
  readonly #options: MeshOptions;
  readonly #least: number;
  readonly #most: number;
  /** Not connected: when each may be tried, in monotonic milliseconds. */
  readonly #known = new Map<PeerId, number>();
  readonly #dialling = new Set<PeerId>();
  /** Bytes that went over each since the last swap, in both directions. */
  readonly #neighbours = new Map<PeerId, number>();
  #swappedAt: number;
  #isEnded = false;

  constructor(options: MeshOptions) {
    this.#options = options;
    this.#least = options.least ?? LEAST_NEIGHBOURS;
    this.#most = options.most ?? MOST_NEIGHBOURS;
    this.#swappedAt = options.clock.monotonic();
  }

  get neighbours(): ReadonlyMap<PeerId, number> {
    return this.#neighbours;
  }

  /** These are said to be members too. */
  heardOf(peers: Iterable<PeerId>): void {
    for (const peer of peers) {
      if (peer === this.#options.self || this.#isBusyWith(peer) || this.#known.has(peer)) continue;
      this.#remember(peer, 0);
    }
    this.#dialMore();
  }

  /** Whether one that dialled may stay. If not, tell it `some`. */
  accepts(peer: PeerId): boolean {
    return !this.#isEnded && (this.#neighbours.has(peer) || this.#neighbours.size < this.#most);
  }

  /** A connection stands, whoever dialled. */
  connected(peer: PeerId): void {
    this.#dialling.delete(peer);
    this.#known.delete(peer);
    this.#neighbours.set(peer, 0);
  }

  /** It could not be reached, or was full: then `others` are what it told. */
  failed(peer: PeerId, others: Iterable<PeerId> = []): void {
    if (!this.#dialling.delete(peer)) return;
    this.#remember(peer, this.#options.clock.monotonic() + RETRY_MS);
    this.heardOf(others);
  }

  /** A connection is gone; one that `mayReturn` is remembered. */
  gone(peer: PeerId, mayReturn: boolean): void {
    if (!this.#neighbours.delete(peer)) return;
    if (mayReturn) this.#remember(peer, this.#options.clock.monotonic() + RETRY_MS);
    this.#dialMore();
  }

  /** Neither has anything for the other. */
  useless(peer: PeerId): void {
    if (!this.#neighbours.has(peer)) return;
    this.gone(peer, false);
    this.#options.port.drop(peer);
  }

  /** So many bytes of use went over this connection. */
  used(peer: PeerId, bytes: number): void {
    const before = this.#neighbours.get(peer);
    if (before !== undefined) this.#neighbours.set(peer, before + bytes);
  }

  /** At most 20 members to tell another, neighbours first. */
  some(besides: PeerId): PeerId[] {
    const neighbours = this.#shuffled(this.#neighbours.keys());
    const told = neighbours.length < MOST_TOLD ? [...neighbours, ...this.#known.keys()] : neighbours;
    return told.filter((peer) => peer !== besides).slice(0, MOST_TOLD);
  }

  /** Nothing more is wanted: no one is dialled any more. Who dials is still taken in. */
  rest(): void {
    this.#known.clear();
  }

  /** Lets nobody in any more, and dials nobody. */
  end(): void {
    this.#isEnded = true;
    this.#known.clear();
  }

  /** To be called every second or so. */
  tick(): void {
    this.#dialMore();
    const now = this.#options.clock.monotonic();
    if (now - this.#swappedAt < SWAP_MS) return;
    this.#swappedAt = now;
    this.#swap();
    for (const peer of this.#neighbours.keys()) this.#neighbours.set(peer, 0);
  }

  /** Where there are enough, the least useful gives way to one drawn at random, so that no part of the graph keeps to itself. */
  #swap(): void {
    if (this.#neighbours.size < this.#least || this.#next() === undefined) return;
    let least: PeerId | undefined;
    for (const [peer, bytes] of this.#neighbours) {
      if (least === undefined || bytes < this.#neighbours.get(least)!) least = peer;
    }
    if (least === undefined) return;
    this.#neighbours.delete(least);
    this.#options.port.drop(least);
    this.#dial(this.#next());
    this.#remember(least, this.#options.clock.monotonic() + RETRY_MS);
  }

  #dialMore(): void {
    while (!this.#isEnded && this.#neighbours.size + this.#dialling.size < this.#least) {
      const peer = this.#next();
      if (peer === undefined) return;
      this.#dial(peer);
    }
  }

  #dial(peer: PeerId | undefined): void {
    if (peer === undefined) return;
    this.#known.delete(peer);
    this.#dialling.add(peer);
    this.#options.port.dial(peer);
  }

  #next(): PeerId | undefined {
    const now = this.#options.clock.monotonic();
    const ready: PeerId[] = [];
    for (const [peer, at] of this.#known) if (at <= now) ready.push(peer);
    return ready.length === 0 ? undefined : ready[randomInt(this.#options.random, ready.length)];
  }

  #isBusyWith(peer: PeerId): boolean {
    return this.#neighbours.has(peer) || this.#dialling.has(peer);
  }

  #remember(peer: PeerId, from: number): void {
    this.#known.set(peer, from);
    if (this.#known.size <= MOST_KNOWN) return;
    const peers = [...this.#known.keys()];
    this.#known.delete(peers[randomInt(this.#options.random, peers.length)]!);
  }

  #shuffled(peers: Iterable<PeerId>): PeerId[] {
    const all = [...peers];
    for (let i = all.length - 1; i > 0; i -= 1) {
      const j = randomInt(this.#options.random, i + 1);
      [all[i], all[j]] = [all[j]!, all[i]!];
    }
    return all;
  }
}

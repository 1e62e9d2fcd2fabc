import type { Clock } from '../../core/clock.ts';
import type { PeerId } from '../../core/ids.ts';
import { drawn, type Random, randomInt } from '../../core/random.ts';
import { KnownMembers } from './known-members.ts';

/** What the mesh does to the world. `dial` is answered by `connected` or `failed`, later; `drop` by nothing. */
export interface MeshPort {
  dial(peer: PeerId): void;
  drop(peer: PeerId): void;
  /** Whether this neighbour may give way to another; absent: any may. */
  mayDrop?(peer: PeerId): boolean;
}

export interface MeshOptions {
  readonly self: PeerId;
  readonly clock: Clock;
  readonly random: Random;
  readonly port: MeshPort;
  /** Dials until it has so many neighbours; at most half as many as `most`. */
  readonly least?: number | undefined;
  /** Has never more than so many. */
  readonly most?: number | undefined;
}

/** As others dial as well, a peer comes to about 40: with 20 a swarm of 64 is 3 % slower. */
export const LEAST_NEIGHBOURS = 20;
export const MOST_NEIGHBOURS = 48;
/** So many addresses are told to another. */
export const MOST_TOLD = 20;
/** Milliseconds after which one neighbour may give way to another, and in which that one is not dialled again. */
const SWAP_MS = 30_000;

/** Which members of one content's swarm to be connected to: a bounded random graph that heals. Bookkeeping only. */
export class Mesh {
  readonly #options: MeshOptions;
  readonly #most: number;
  #least: number;
  readonly #known: KnownMembers;
  readonly #dialling = new Set<PeerId>();
  /** Bytes that went over each since the last swap, in both directions. */
  readonly #neighbours = new Map<PeerId, number>();
  #swappedAt: number;
  #isEnded = false;

  constructor(options: MeshOptions) {
    this.#options = options;
    this.#most = options.most ?? MOST_NEIGHBOURS;
    this.#least = options.least ?? LEAST_NEIGHBOURS;
    this.#known = new KnownMembers(options.random);
    this.#swappedAt = options.clock.monotonic();
  }

  get neighbours(): ReadonlyMap<PeerId, number> {
    return this.#neighbours;
  }

  /** Dials until there are so many neighbours, at most half as many as there may be. */
  want(least: number): void {
    this.#least = Math.min(least, Math.floor(this.#most / 2));
    this.#dialMore();
  }

  /** These are said to be members too. */
  heardOf(peers: Iterable<PeerId>): void {
    for (const peer of peers) this.#hear(peer);
    this.#dialMore();
  }

  /**
   * This one is needed now, however many there are: where there is no room another gives way if `makesRoom`. False where it cannot be
   * dialled now.
   */
  need(peer: PeerId, makesRoom: boolean): boolean {
    this.#hear(peer);
    if (this.#isEnded || !this.#known.isReady(peer, this.#now)) return false;
    if (makesRoom && this.#isFull) this.#dropLeast();
    if (this.#isFull) return false;
    this.#dial(peer);
    return true;
  }

  /**
   * Whether one that dialled may stay. If not, tell it `some`. Where it is full one neighbour gives way that was of no use for long, so
   * that nobody keeps a place by doing nothing.
   */
  accepts(peer: PeerId): boolean {
    if (this.#isEnded) return false;
    if (this.#isBusyWith(peer)) return true;
    if (this.#isFull && this.#isTimeToSwap) {
      this.#dropLeast(0);
      this.#swapped();
    }
    return !this.#isFull;
  }

  /** A connection stands, whoever dialled. */
  connected(peer: PeerId): void {
    this.#dialling.delete(peer);
    this.#known.take(peer);
    this.#neighbours.set(peer, 0);
  }

  /** It could not be reached, or was full: then `others` are what it told. */
  failed(peer: PeerId, others: Iterable<PeerId> = []): void {
    if (!this.#dialling.delete(peer)) return;
    this.#tryLater(peer);
    this.heardOf(others);
  }

  /** A connection is gone; one that `mayReturn` is remembered. */
  gone(peer: PeerId, mayReturn: boolean): void {
    if (!this.#neighbours.delete(peer)) return;
    if (mayReturn) this.#tryLater(peer);
    this.#dialMore();
  }

  /** It is not dialled again; it may dial. */
  shun(peer: PeerId): void {
    this.#known.shun(peer);
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
    if (before === undefined) return;
    this.#neighbours.set(peer, before + bytes);
    this.#known.wasUseful(peer);
  }

  /** At most 20 members to tell another, neighbours first. */
  some(besides: PeerId): PeerId[] {
    const neighbours = drawn(this.#neighbours.keys(), this.#most, this.#options.random);
    const told = neighbours.length < MOST_TOLD ? [...neighbours, ...this.#known] : neighbours;
    return told.filter((peer) => peer !== besides).slice(0, MOST_TOLD);
  }

  /** Nothing more is wanted: no one is dialled any more, until `want`. Who dials is still taken in. */
  rest(): void {
    this.#least = 0;
    this.#dialling.clear();
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
    if (!this.#isTimeToSwap) return;
    this.#swap();
    this.#swapped();
  }

  /** Where there are enough, the least useful gives way to the last stranger heard of, so that no part of the graph keeps to itself. */
  #swap(): void {
    if (this.#least === 0 || this.#neighbours.size < this.#least || this.#known.ready(this.#now).length === 0)
      return;
    if (this.#dropLeast()) this.#dial(this.#known.ready(this.#now).at(-1));
  }

  #swapped(): void {
    this.#swappedAt = this.#now;
    for (const peer of this.#neighbours.keys()) this.#neighbours.set(peer, 0);
  }

  /** The least useful, where it was of no more use than so many bytes. */
  #dropLeast(most = Number.POSITIVE_INFINITY): boolean {
    const { port } = this.#options;
    let least: PeerId | undefined;
    for (const [peer, bytes] of this.#neighbours) {
      if (bytes > most || port.mayDrop?.(peer) === false) continue;
      if (least === undefined || bytes < this.#neighbours.get(least)!) least = peer;
    }
    if (least === undefined) return false;
    this.#neighbours.delete(least);
    port.drop(least);
    this.#tryLater(least, SWAP_MS);
    return true;
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
    this.#known.take(peer);
    this.#dialling.add(peer);
    this.#options.port.dial(peer);
  }

  #next(): PeerId | undefined {
    const ready = this.#known.ready(this.#now);
    return ready.length === 0 ? undefined : ready[randomInt(this.#options.random, ready.length)];
  }

  get #now(): number {
    return this.#options.clock.monotonic();
  }

  get #isTimeToSwap(): boolean {
    return this.#now - this.#swappedAt >= SWAP_MS;
  }

  get #isFull(): boolean {
    return this.#neighbours.size + this.#dialling.size >= this.#most;
  }

  #isBusyWith(peer: PeerId): boolean {
    return this.#neighbours.has(peer) || this.#dialling.has(peer);
  }

  #hear(peer: PeerId): void {
    const isOpen = this.#least > 0 && peer !== this.#options.self && !this.#isBusyWith(peer);
    if (isOpen) this.#known.heard(peer);
  }

  /** Where nothing is wanted nobody is remembered. */
  #tryLater(peer: PeerId, leastMs = 0): void {
    if (this.#least > 0) this.#known.later(peer, this.#now, leastMs);
  }
}

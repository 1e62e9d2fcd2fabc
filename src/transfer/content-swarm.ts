import type { Clock } from '../core/clock.ts';
import { PeerdexError } from '../core/errors.ts';
import type { PeerId } from '../core/ids.ts';
import { leafCount } from '../core/leaf-layout.ts';
import type { Random } from '../core/random.ts';
import { upTo } from './leaves-in.ts';
import { Mesh } from './swarm/mesh.ts';
import { type Neighbour, Spread } from './swarm/spread.ts';
import type { SwarmLinks } from './swarm-links.ts';

/** Who wants to know what neighbours have got: a download. */
export interface SwarmListener {
  offered(neighbour: Neighbour, leaf: number): void;
  /** It may be asked for more than was known. */
  room(neighbour: Neighbour): void;
}

export interface ContentSwarmOptions {
  readonly self: PeerId;
  /** Bytes of the content. */
  readonly size: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly mostNeighbours?: number | undefined;
  /** Of all swarms. */
  readonly links: SwarmLinks;
  readonly onUnused: () => void;
}

/** A channel over which a peer is asked or asks, by what ends it: the neighbour gives way to another. */
export type GiveWay = () => void;

/** With this a source is let go that gave way to another: nothing is wrong with it. */
export const GAVE_WAY = new PeerdexError('unavailable', 'it gave way to another peer', { retry: true });

interface Known {
  readonly neighbour: Neighbour;
  readonly asked: Set<GiveWay>;
  readonly asks: Set<GiveWay>;
  /** It has answered on a channel over which it is asked. */
  isAccepted: boolean;
}

/** Claims are looked through so often at most, milliseconds. */
const TICK_MS = 1_000;

/** The swarm of one content as this process sees it: one neighbour a peer, whoever dialled and whoever asks. */
export class ContentSwarm {
  readonly spread: Spread;
  /** Whom to be connected to; it dials while the content is being fetched. */
  readonly mesh: Mesh;
  readonly #options: ContentSwarmOptions;
  readonly #known = new Map<PeerId, Known>();
  readonly #listeners = new Set<SwarmListener>();
  #dial: ((peer: PeerId) => void) | undefined;
  #tickedAt = 0;

  constructor(options: ContentSwarmOptions) {
    this.#options = options;
    this.spread = new Spread(leafCount(options.size));
    const port = {
      dial: (peer: PeerId) => this.#mayDial(peer),
      drop: (peer: PeerId) => this.#giveWay(peer),
      mayDrop: (peer: PeerId) => !this.#isOnlyWhole(peer),
    };
    this.mesh = new Mesh({ ...options, port, most: options.mostNeighbours });
    this.mesh.rest();
  }

  listen(listener: SwarmListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      this.#endIfUnused();
    };
  }

  /** From here on the mesh dials by this, which answers by `joined` or `mesh.failed`, until what is returned is called. */
  fetch(dial: (peer: PeerId) => void): () => void {
    this.#dial = dial;
    return () => {
      if (this.#dial !== dial) return;
      this.#dial = undefined;
      this.mesh.rest();
    };
  }

  /** Whether one who asks may become a neighbour. */
  accepts(peer: PeerId): boolean {
    const { self, links } = this.#options;
    return peer === self || this.#known.has(peer) || (links.accepts(peer) && this.mesh.accepts(peer));
  }

  /** A channel is open over which this peer is asked, or asks. To be ended by `left` with the same `giveWay`. */
  joined(peer: PeerId, side: 'asked' | 'asks', giveWay: GiveWay): Neighbour {
    const known = this.#known.get(peer) ?? this.#join(peer);
    known[side].add(giveWay);
    return known.neighbour;
  }

  left(peer: PeerId, side: 'asked' | 'asks', giveWay: GiveWay): void {
    const known = this.#known.get(peer);
    if (!known?.[side].delete(giveWay)) return;
    if (known.asked.size === 0) known.isAccepted = false;
    if (known.asked.size + known.asks.size > 0) return;
    this.#known.delete(peer);
    this.spread.leave(known.neighbour);
    if (peer !== this.#options.self) {
      this.#options.links.left(peer);
      this.mesh.gone(peer, true);
    }
    this.#endIfUnused();
  }

  /** So many bytes of the content went to this peer, or came from it. */
  used(peer: PeerId, bytes: number): void {
    this.mesh.used(peer, bytes);
  }

  /** Peers that are asked. */
  get sources(): number {
    let sources = 0;
    for (const { asked } of this.#known.values()) if (asked.size > 0) sources += 1;
    return sources;
  }

  isAsked(peer: PeerId): boolean {
    return (this.#known.get(peer)?.asked.size ?? 0) > 0;
  }

  /** It is told what comes here over the channel on which it is asked, and need not be told twice. */
  isToldAsAsked(peer: PeerId): boolean {
    return this.#known.get(peer)?.isAccepted ?? false;
  }

  /** It is asked, and has answered: what it is told on that channel it knows. */
  accepted(peer: PeerId): void {
    const known = this.#known.get(peer);
    if (known) known.isAccepted = true;
  }

  asks(peer: PeerId): boolean {
    return (this.#known.get(peer)?.asks.size ?? 0) > 0;
  }

  /** It says that it has these. Returns those that are news. */
  announced(neighbour: Neighbour, leaves: Iterable<number>): number[] {
    const news: number[] = [];
    for (const leaf of leaves) if (this.spread.announced(neighbour, leaf)) news.push(leaf);
    for (const listener of this.#listeners) {
      if (news.length === 1) listener.offered(neighbour, news[0]!);
      else if (news.length > 1) listener.room(neighbour);
    }
    return news;
  }

  becameWhole(neighbour: Neighbour): void {
    if (!neighbour.isWhole) this.announced(neighbour, upTo(0, this.spread.leaves));
  }

  /** It was taken to have all, and has not. */
  hasNotAll(neighbour: Neighbour): void {
    for (const leaf of upTo(0, this.spread.leaves)) this.spread.denied(neighbour, leaf);
  }

  claimed(neighbour: Neighbour, first: number, count: number): void {
    const now = this.#options.clock.monotonic();
    const end = Math.min(this.spread.leaves, first + count);
    for (let leaf = first; leaf < end; leaf += 1) this.spread.claimed(neighbour, leaf, now);
  }

  unclaimed(neighbour: Neighbour, first: number, count: number): void {
    const end = Math.min(this.spread.leaves, first + count);
    for (let leaf = first; leaf < end; leaf += 1) this.spread.unclaimed(neighbour, leaf);
  }

  /** Claims that came to nothing end; to be called before a choice. */
  tick(): void {
    const now = this.#options.clock.monotonic();
    if (now - this.#tickedAt < TICK_MS) return;
    this.#tickedAt = now;
    this.spread.tick(now);
  }

  #join(peer: PeerId): Known {
    const neighbour = this.spread.join('nothing');
    const known = { neighbour, asked: new Set<GiveWay>(), asks: new Set<GiveWay>(), isAccepted: false };
    this.#known.set(peer, known);
    if (peer !== this.#options.self) {
      this.#options.links.joined(peer);
      this.mesh.connected(peer);
    }
    return known;
  }

  /** Where the process has no room left one neighbour is enough. */
  #mayDial(peer: PeerId): void {
    const hasRoom = this.mesh.neighbours.size === 0 || this.#options.links.accepts(peer);
    if (this.#dial && hasRoom) this.#dial(peer);
    else queueMicrotask(() => this.mesh.failed(peer));
  }

  #giveWay(peer: PeerId): void {
    const { asked = [], asks = [] } = this.#known.get(peer) ?? {};
    for (const giveWay of [...asks, ...asked]) giveWay();
  }

  #isOnlyWhole(peer: PeerId): boolean {
    return this.spread.wholes === 1 && this.#known.get(peer)?.neighbour.isWhole === true;
  }

  #endIfUnused(): void {
    if (this.#known.size === 0 && this.#listeners.size === 0) this.#options.onUnused();
  }
}

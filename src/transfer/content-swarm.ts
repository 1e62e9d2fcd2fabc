import type { Clock } from '../core/clock.ts';
import type { ContentId, PeerId } from '../core/ids.ts';
import { leafCount } from '../core/leaf-layout.ts';
import { upTo } from './leaves-in.ts';
import { type Neighbour, Spread } from './swarm/spread.ts';

/** Who wants to know what neighbours have got: a download. */
export interface SwarmListener {
  offered(neighbour: Neighbour, leaf: number): void;
  /** It may be asked for more than was known. */
  room(neighbour: Neighbour): void;
}

interface Known {
  readonly neighbour: Neighbour;
  /** Channels over which this peer is asked, and over which it asks. */
  asked: number;
  asks: number;
  /** It has answered on a channel over which it is asked. */
  isAccepted: boolean;
}

/** Claims are looked through so often at most, milliseconds. */
const TICK_MS = 1_000;

/** The swarm of one content as this process sees it: one neighbour a peer, whoever dialled and whoever asks. */
export class ContentSwarm {
  readonly spread: Spread;
  readonly #clock: Clock;
  readonly #known = new Map<PeerId, Known>();
  readonly #listeners = new Set<SwarmListener>();
  readonly #onUnused: () => void;
  #tickedAt = 0;

  constructor(size: number, clock: Clock, onUnused: () => void) {
    this.spread = new Spread(leafCount(size));
    this.#clock = clock;
    this.#onUnused = onUnused;
  }

  listen(listener: SwarmListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      this.#endIfUnused();
    };
  }

  /** A channel is open over which this peer is asked, or asks. To be ended by `left`. */
  joined(peer: PeerId, side: 'asked' | 'asks'): Neighbour {
    const known = this.#known.get(peer) ?? {
      ...{ neighbour: this.spread.join('nothing'), asked: 0, asks: 0 },
      isAccepted: false,
    };
    this.#known.set(peer, known);
    known[side] += 1;
    return known.neighbour;
  }

  left(peer: PeerId, side: 'asked' | 'asks'): void {
    const known = this.#known.get(peer);
    if (!known) return;
    known[side] -= 1;
    if (known.asked === 0) known.isAccepted = false;
    if (known.asked + known.asks > 0) return;
    this.#known.delete(peer);
    this.spread.leave(known.neighbour);
    this.#endIfUnused();
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
    return (this.#known.get(peer)?.asks ?? 0) > 0;
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
    const now = this.#clock.monotonic();
    const end = Math.min(this.spread.leaves, first + count);
    for (let leaf = first; leaf < end; leaf += 1) this.spread.claimed(neighbour, leaf, now);
  }

  unclaimed(neighbour: Neighbour, first: number, count: number): void {
    const end = Math.min(this.spread.leaves, first + count);
    for (let leaf = first; leaf < end; leaf += 1) this.spread.unclaimed(neighbour, leaf);
  }

  /** Claims that came to nothing end; to be called before a choice. */
  tick(): void {
    const now = this.#clock.monotonic();
    if (now - this.#tickedAt < TICK_MS) return;
    this.#tickedAt = now;
    this.spread.tick(now);
  }

  #endIfUnused(): void {
    if (this.#known.size === 0 && this.#listeners.size === 0) this.#onUnused();
  }
}

/** The swarms that this process is in, each as long as anybody is connected in it. */
export class ContentSwarms {
  readonly #clock: Clock;
  readonly #swarms = new Map<string, ContentSwarm>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `size`: bytes. What is expected of a size that proves to be false is kept apart. */
  of(content: ContentId, size: number): ContentSwarm {
    const key = `${content} ${size}`;
    const known = this.#swarms.get(key);
    if (known) return known;
    const swarm = new ContentSwarm(size, this.#clock, () => {
      if (this.#swarms.get(key) === swarm) this.#swarms.delete(key);
    });
    this.#swarms.set(key, swarm);
    return swarm;
  }
}

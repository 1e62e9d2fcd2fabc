import { type Random, randomInt } from '../../src/core/random.ts';
import type { EventQueue } from './event-queue.ts';
import { Pipe } from './pipe.ts';
import { SimLink } from './sim-link.ts';
import type { SimPeer } from './sim-peer.ts';

export interface NetworkOptions {
  readonly leastLatency: number;
  /** One way, in milliseconds; drawn for each pair. */
  readonly mostLatency: number;
  readonly kernelBytes: number;
  readonly frameBytes: number;
}

/** Members that one answer of the list names. */
const MOST_NAMED = 20;
/** Milliseconds until a dead machine is given up. */
const DIAL_MS = 1_000;

/** How simulated peers find and reach each other: a soft list of members, also of dead ones, and connections. */
export class PeerNetwork {
  readonly #events: EventQueue;
  readonly #random: Random;
  readonly #options: NetworkOptions;
  readonly #peers = new Map<string, SimPeer>();
  readonly #listed: string[] = [];

  constructor(events: EventQueue, random: Random, options: NetworkOptions) {
    this.#events = events;
    this.#random = random;
    this.#options = options;
  }

  /** Announces itself, and gets to know some members. */
  join(peer: SimPeer): void {
    this.#peers.set(peer.name, peer);
    this.#ask(peer);
    this.#listed.push(peer.name);
  }

  dial(self: SimPeer, name: string): void {
    const peer = this.#peers.get(name);
    const latency = this.#latency();
    const isReached = peer && !peer.isDead && !self.banned.has(name) && !peer.banned.has(self.name);
    this.#events.at(this.#events.now + (isReached ? 3 * latency : DIAL_MS), () => {
      if (self.isDead) return;
      if (!isReached || peer.isDead) return self.mesh.failed(name);
      if (self.links.has(name)) return;
      if (!peer.mesh.accepts(self.name)) return self.mesh.failed(name, peer.mesh.some(self.name));
      if (peer.isWhole && self.isWhole) return self.mesh.failed(name);
      this.#connect(self, peer, latency);
    });
  }

  #connect(a: SimPeer, b: SimPeer, latency: number): void {
    const { kernelBytes, frameBytes } = this.#options;
    const pipe = (from: SimPeer, to: SimPeer) =>
      new Pipe(this.#events, { from: from.host, to: to.host, latency, kernelBytes, frameBytes });
    const here = new SimLink(a, b.name, pipe(a, b));
    const there = new SimLink(b, a.name, pipe(b, a));
    here.other = there;
    there.other = here;
    a.links.set(b.name, here);
    b.links.set(a.name, there);
    a.mesh.connected(b.name);
    b.mesh.connected(a.name);
    here.open();
    there.open();
  }

  #ask(peer: SimPeer): void {
    if (peer.isDead) return;
    this.#events.at(this.#events.now + 2 * this.#latency(), () => {
      if (peer.isDead || peer.isWhole) return;
      peer.mesh.heardOf(this.#some());
    });
    this.#events.at(this.#events.now + (this.#listed.length < MOST_NAMED ? 1_000 : 10_000), () => {
      if (!peer.isWhole) this.#ask(peer);
    });
  }

  #some(): string[] {
    if (this.#listed.length <= MOST_NAMED) return [...this.#listed];
    const named = new Set<string>();
    while (named.size < MOST_NAMED) named.add(this.#listed[randomInt(this.#random, this.#listed.length)]!);
    return [...named];
  }

  #latency(): number {
    const { leastLatency, mostLatency } = this.#options;
    return leastLatency + this.#random.next() * (mostLatency - leastLatency);
  }
}

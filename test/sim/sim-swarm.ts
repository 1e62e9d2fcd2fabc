import { Bitfield } from '../../src/core/bitfield.ts';
import { leafCount } from '../../src/core/leaf-layout.ts';
import { type Random, randomInt, seededRandom } from '../../src/core/random.ts';
import { rarestFirst, type SwarmPolicy } from '../../src/transfer/swarm/policies.ts';
import { EventQueue } from './event-queue.ts';
import { Host } from './host.ts';
import { type NetworkOptions, PeerNetwork } from './peer-network.ts';
import { type Malice, type PeerOptions, SimPeer } from './sim-peer.ts';

export interface SwarmOptions {
  readonly seed: number;
  /** Bytes. */
  readonly size: number;
  readonly network?: Partial<NetworkOptions>;
  readonly policy?: (leaves: number) => SwarmPolicy;
  readonly takesOthers?: boolean;
  readonly claims?: boolean;
  readonly checkMs?: number;
  readonly neighbours?: PeerOptions['neighbours'];
}

export interface MemberOptions {
  /** Megabits a second. */
  readonly up: number;
  /** Megabits a second. */
  readonly down: number;
  /** Has everything; or these leaves. */
  readonly has?: 'whole' | Bitfield;
  /** Milliseconds. */
  readonly joinsAt?: number;
  readonly malice?: Malice;
}

const DEFAULT_NETWORK: NetworkOptions = {
  leastLatency: 1,
  mostLatency: 10,
  kernelBytes: 256 * 1024,
  frameBytes: 64 * 1024,
};

/** Bytes a millisecond. */
export const megabits = (rate: number): number => (rate * 1e6) / 8 / 1000;

/** A swarm of the real core over simulated links. Two runs with the same seed and the same calls are alike in every event. */
export class SimSwarm {
  readonly events = new EventQueue();
  readonly peers: SimPeer[] = [];
  /** Every verified leaf: `peer leaf time`, hashed together. */
  trace = 0;
  readonly #options: SwarmOptions;
  readonly #random: Random;
  readonly #network: PeerNetwork;
  readonly #copies: Uint32Array;
  #onLeaf: (peer: SimPeer, leaf: number) => void = () => {};

  constructor(options: SwarmOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed);
    this.#network = new PeerNetwork(this.events, this.#branch(), { ...DEFAULT_NETWORK, ...options.network });
    this.#copies = new Uint32Array(leafCount(options.size));
  }

  /** Adds a member that joins at its time. */
  add(name: string, member: MemberOptions): void {
    const random = this.#branch();
    this.events.at(member.joinsAt ?? 0, () => {
      const peer = this.#make(name, member, random);
      this.peers.push(peer);
      this.#network.join(peer);
    });
  }

  onLeaf(callback: (peer: SimPeer, leaf: number) => void): void {
    this.#onLeaf = callback;
  }

  peer(name: string): SimPeer {
    const found = this.peers.find((peer) => peer.name === name && !peer.isDead);
    if (!found) throw new Error(`seed ${this.#options.seed}: no living peer ${name}`);
    return found;
  }

  get living(): SimPeer[] {
    return this.peers.filter(({ isDead }) => !isDead);
  }

  /** Whether the living hold every leaf between them. */
  get isCovered(): boolean {
    const all = new Bitfield(this.#copies.length);
    for (const { requester, options } of this.living) {
      if (!options.malice) for (const leaf of requester.have) all.add(leaf);
    }
    return all.isFull;
  }

  /** Until all the living have everything, at most so many simulated milliseconds. True when they have. */
  run(mostMs = 600_000, isOver = () => false): boolean {
    const all = () => isOver() || this.#isDone();
    return this.events.run(all, this.events.now + mostMs);
  }

  #isDone(): boolean {
    if (this.events.happened % 64 !== 0) return false;
    return (
      this.peers.length > 0 &&
      this.peers.every(({ isDead, isWhole, options }) => isDead || isWhole || options.malice)
    );
  }

  #make(name: string, member: MemberOptions, random: Random): SimPeer {
    const { size, policy, takesOthers, claims, checkMs, neighbours } = this.#options;
    const leaves = leafCount(size);
    const host = new Host(this.events, { up: megabits(member.up), down: megabits(member.down) });
    const have = member.has === 'whole' ? Bitfield.full(leaves) : (member.has ?? new Bitfield(leaves));
    const options = {
      name,
      size,
      have,
      policy: policy?.(leaves) ?? rarestFirst,
      takesOthers: takesOthers ?? true,
      claims: claims ?? true,
      checkMs: checkMs ?? 1,
      malice: member.malice,
      neighbours,
    };
    return new SimPeer(options, host, this.events, this.#network, random, {
      leaf: (peer, leaf) => {
        this.#note(peer, leaf);
        this.#onLeaf(peer, leaf);
      },
    });
  }

  #note(peer: SimPeer, leaf: number): void {
    const at = Math.round(this.events.now * 1000);
    for (const part of [this.peers.indexOf(peer), leaf, at])
      this.trace = (Math.imul(this.trace, 31) + part) | 0;
  }

  #branch(): Random {
    return seededRandom(randomInt(this.#random, 2 ** 31));
  }
}

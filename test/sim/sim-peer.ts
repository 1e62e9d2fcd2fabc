import type { Bitfield } from '../../src/core/bitfield.ts';
import type { Clock } from '../../src/core/clock.ts';
import { leafBytes, leafCount } from '../../src/core/leaf-layout.ts';
import type { Random } from '../../src/core/random.ts';
import { LinkWindow } from '../../src/transfer/link-window.ts';
import { Mesh } from '../../src/transfer/swarm/mesh.ts';
import type { SwarmPolicy } from '../../src/transfer/swarm/policies.ts';
import { Requester } from '../../src/transfer/swarm/requester.ts';
import { Spread } from '../../src/transfer/swarm/spread.ts';
import { type Serving, UploadScheduler } from '../../src/transfer/swarm/upload-scheduler.ts';
import type { EventQueue } from './event-queue.ts';
import type { Host } from './host.ts';
import type { PeerNetwork } from './peer-network.ts';
import { SimLink } from './sim-link.ts';

/** What a peer does that it should not. */
export type Malice =
  /** Sends bytes that are not what their hash says. */
  | 'corrupt'
  /** Announces everything and has nothing. */
  | 'lies'
  /** Takes requests and gives nothing. */
  | 'mute';

export interface PeerOptions {
  readonly name: string;
  readonly size: number;
  readonly policy: SwarmPolicy;
  readonly have: Bitfield;
  /** Lets a seed give other leaves than those that were asked for. */
  readonly takesOthers: boolean;
  /** Tells whole neighbours what it has asked others for. */
  readonly claims: boolean;
  /** Milliseconds from a leaf's last byte to its being verified and written. */
  readonly checkMs: number;
  readonly malice?: Malice | undefined;
  readonly neighbours?: { readonly least: number; readonly most: number } | undefined;
}

/** What peers tell the run. */
export interface PeerEvents {
  leaf(peer: SimPeer, leaf: number): void;
}

/** One simulated peer: the real core in a shell that has no disk and no sockets. */
export class SimPeer {
  readonly name: string;
  readonly options: PeerOptions;
  readonly host: Host;
  readonly spread: Spread;
  readonly requester: Requester;
  readonly scheduler: UploadScheduler;
  readonly mesh: Mesh;
  readonly clock: Clock;
  readonly leaves: number;
  readonly links = new Map<string, SimLink>();
  /** Bytes of leaves that went out. */
  uploaded = 0;
  /** Bytes of leaves that came and were of no use. */
  wasted = 0;
  /** Members that sent bad leaves, or none of those that they announced. */
  readonly banned = new Set<string>();
  isDead = false;
  finishedAt: number | undefined;
  readonly #events: EventQueue;
  readonly #on: PeerEvents;
  #isWaiting = false;
  #isServing = false;

  constructor(
    options: PeerOptions,
    host: Host,
    events: EventQueue,
    network: PeerNetwork,
    random: Random,
    on: PeerEvents,
  ) {
    this.options = options;
    this.name = options.name;
    this.host = host;
    this.clock = events.clock;
    this.#events = events;
    this.#on = on;
    this.leaves = leafCount(options.size);
    this.spread = new Spread(this.leaves);
    this.scheduler = new UploadScheduler({ clock: events.clock, random });
    this.requester = new Requester({
      have: options.have,
      spread: this.spread,
      policy: options.policy,
      clock: events.clock,
      random,
      port: {
        room: (from) => SimLink.of(from).download.room(),
        spanLeaves: () => 4,
        ask: (from, first, count) => SimLink.of(from).download.ask(first, count),
        cancel: (from, leaf) => SimLink.of(from).download.cancel(leaf),
      },
    });
    this.mesh = new Mesh({
      self: this.name,
      clock: events.clock,
      random,
      port: {
        dial: (peer) => network.dial(this, peer),
        drop: (peer) => this.links.get(peer)?.close(false),
      },
      ...options.neighbours,
    });
    if (this.requester.have.isFull) this.finishedAt = events.now;
    this.#tick();
  }

  get isWhole(): boolean {
    return this.requester.have.isFull;
  }

  /** What it says it has. */
  announced(): Bitfield | 'whole' {
    if (this.options.malice === 'lies' || this.isWhole) return 'whole';
    return this.requester.have.toBitfield();
  }

  /** A leaf has come whole. */
  check(leaf: number, from: SimLink, isGood: boolean): void {
    this.#events.at(this.#events.now + this.options.checkMs, () => {
      if (this.isDead) return;
      if (!isGood) {
        this.wasted += leafBytes(this.options.size, leaf);
        this.requester.bad(leaf);
        this.ban(from);
        return;
      }
      this.requester.verified(leaf);
      this.#on.leaf(this, leaf);
      from.tellHave(leaf);
      for (const link of this.links.values())
        if (link !== from && link.download.isNews(leaf)) link.tellHaveLater(leaf);
      if (!this.isWhole) return;
      for (const link of this.links.values()) link.tellWhole();
      this.finishedAt ??= this.#events.now;
      this.mesh.rest();
      this.dropUseless();
    });
  }

  ban(link: SimLink): void {
    this.banned.add(link.peer);
    link.close(false);
  }

  /** Two that are whole have nothing for each other. */
  dropUseless(): void {
    if (!this.isWhole) return;
    for (const [peer, link] of this.links) if (link.neighbour?.isWhole) this.mesh.useless(peer);
  }

  /** Starts all that may be sent now. */
  serve(): void {
    if (this.#isServing || this.isDead) return;
    this.#isServing = true;
    for (let isMore = true; isMore; ) {
      const prepared = this.scheduler.prepare();
      if (prepared) this.#tell(prepared);
      const next = this.scheduler.next();
      if (next) this.#send(next);
      isMore = prepared !== undefined || next !== undefined;
    }
    this.#isServing = false;
    if (this.#isWaiting) return;
    const ms = this.scheduler.waitMs;
    if (ms === undefined) return;
    this.#isWaiting = true;
    this.clock.after(ms, () => {
      this.#isWaiting = false;
      this.serve();
    });
  }

  die(): void {
    this.isDead = true;
    this.host.isDown = true;
    for (const link of [...this.links.values()]) link.close(true);
  }

  #tell({ channel, first, count, insteadOf }: Serving): void {
    const link = SimLink.of(channel.neighbour);
    for (let leaf = first; leaf < first + count; leaf += 1) {
      link.tellGiving(leaf === first ? (insteadOf ?? leaf) : leaf, leaf);
    }
  }

  #send(serving: Serving): void {
    const { channel, first, count } = serving;
    const link = SimLink.of(channel.neighbour);
    this.scheduler.taken(serving);
    for (let leaf = first; leaf < first + count; leaf += 1) link.send(leaf);
  }

  #tick(): void {
    this.clock.after(1000, () => {
      if (this.isDead) return;
      this.spread.tick(this.#events.now);
      this.requester.tick();
      this.mesh.tick();
      for (const link of [...this.links.values()]) link.endIfSilent();
      this.#tick();
    });
  }

  newWindow(): LinkWindow {
    return new LinkWindow(this.clock);
  }
}

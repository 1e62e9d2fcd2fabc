import type { Bitfield } from '../../src/core/bitfield.ts';
import { leafBytes } from '../../src/core/leaf-layout.ts';
import type { Neighbour } from '../../src/transfer/swarm/spread.ts';
import type { UploadChannelState } from '../../src/transfer/swarm/upload-channel-state.ts';
import type { UploadLine } from '../../src/transfer/swarm/upload-line.ts';
import type { Pipe } from './pipe.ts';
import { SimDownload } from './sim-download.ts';
import type { SimPeer } from './sim-peer.ts';

/** Bytes of a small frame with what TCP and IP put around it. */
const SMALL = 80;
/** Milliseconds without a sign of life while leaves are owed, after which a connection is ended. */
const SILENCE_MS = 10_000;

/** As `ToldLeaves` does. */
const TOGETHER_MS = 50;

const byNeighbour = new WeakMap<Neighbour, SimLink>();

/** One end of a connection: what it tells, and gives as the real uploads do. */
export class SimLink {
  readonly peer: string;
  /** Absent until the other side has said what it has. */
  neighbour: Neighbour | undefined;
  /** The other end. */
  other!: SimLink;
  readonly download: SimDownload;
  readonly #self: SimPeer;
  readonly #pipe: Pipe;
  readonly #line: UploadLine;
  #channel: UploadChannelState | undefined;
  /** Leaves that the other side has asked for and taken back since. */
  readonly #unwanted = new Set<number>();
  /** To be told with others. */
  #later: number[] = [];
  #heardAt: number;
  #isOpen = true;

  constructor(self: SimPeer, peer: string, pipe: Pipe) {
    this.#self = self;
    this.peer = peer;
    this.#pipe = pipe;
    this.#line = self.scheduler.join();
    this.download = new SimDownload(self, this);
    this.#heardAt = self.clock.monotonic();
  }

  static of(neighbour: Neighbour): SimLink {
    return byNeighbour.get(neighbour)!;
  }

  /** Says what is had here; both ends do so first. */
  open(): void {
    const has = this.#self.announced();
    const bytes = has === 'whole' ? SMALL : SMALL + has.bytes.byteLength;
    this.#tell(bytes, (other) => other.#opened(has));
  }

  /** `isDeath`: the other side learns it when its own kernel does. */
  close(isDeath: boolean): void {
    if (!this.#isOpen) return;
    this.#end();
    const { other } = this;
    const wait = isDeath ? 50 : 10;
    this.#pipe.close();
    this.#self.clock.after(wait, () => other.#end());
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** There was a sign of life, or none is owed yet. */
  heard(): void {
    this.#heardAt = this.#self.clock.monotonic();
  }

  tellAsked(first: number, count: number): void {
    this.#tell(SMALL, (other) => other.#asked(first, count));
  }

  tellCancelled(leaf: number): void {
    this.#tell(SMALL, (other) => other.#cancelled(leaf));
  }

  tellHave(leaf: number): void {
    this.#tell(SMALL, (other) => other.#had(leaf));
  }

  /** With others that come within TOGETHER_MS, as nobody waits for it. */
  tellHaveLater(leaf: number): void {
    this.#later.push(leaf);
    if (this.#later.length > 1) return;
    this.#self.clock.after(TOGETHER_MS, () => {
      if (this.#isOpen) for (const one of this.#later) this.tellHave(one);
      this.#later = [];
    });
  }

  tellWhole(): void {
    this.#tell(SMALL, (other) => other.#isWholeNow());
  }

  tellGiving(asked: number, given: number): void {
    this.#unwanted.delete(given);
    this.#tell(SMALL, (other) => other.download.giving(asked, given));
  }

  send(leaf: number): void {
    const self = this.#self;
    const channel = this.#channel!;
    const bytes = leafBytes(self.options.size, leaf);
    this.#pipe.leaf({
      bytes,
      wanted: () => this.#isOpen && !this.#unwanted.has(leaf),
      arrive: (start, end) => this.other.download.data(leaf, start, end, self.options.malice !== 'corrupt'),
      out: (sent) => {
        self.uploaded += sent;
        if (sent < bytes && this.#isOpen) self.scheduler.dropped(this.#line, channel, leaf);
        self.serve();
      },
    });
  }

  endIfSilent(): void {
    if (!this.neighbour || this.#self.requester.owes(this.neighbour).size === 0) return;
    if (this.#self.clock.monotonic() - this.#heardAt >= SILENCE_MS) this.#self.ban(this);
  }

  #tell(bytes: number, tell: (other: SimLink) => void): void {
    const { other } = this;
    this.#pipe.small(bytes, () => {
      if (!other.#isOpen) return;
      other.heard();
      tell(other);
    });
  }

  #opened(has: Bitfield | 'whole'): void {
    const self = this.#self;
    const neighbour = self.spread.join(has);
    this.neighbour = neighbour;
    byNeighbour.set(neighbour, this);
    const content = { spread: self.spread, size: self.options.size, isWhole: () => self.isWhole };
    this.#channel = self.scheduler.open(this.#line, content, neighbour, this.other.#self.options.takesOthers);
    self.requester.join(neighbour);
    self.dropUseless();
  }

  #end(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#pipe.close();
    const self = this.#self;
    self.links.delete(this.peer);
    self.scheduler.leave(this.#line);
    if (this.neighbour) {
      self.spread.leave(this.neighbour);
      self.requester.leave(this.neighbour);
    }
    self.mesh.gone(this.peer, !self.banned.has(this.peer));
    self.serve();
  }

  #asked(first: number, count: number): void {
    const { malice } = this.#self.options;
    if (malice === 'lies' || malice === 'mute' || !this.#channel) return;
    for (let leaf = first; leaf < first + count; leaf += 1) this.#unwanted.delete(leaf);
    this.#self.scheduler.requested(this.#line, this.#channel, first, count);
    this.#self.serve();
  }

  #cancelled(leaf: number): void {
    if (!this.#channel) return;
    this.#unwanted.add(leaf);
    this.#self.scheduler.cancelled(this.#line, this.#channel, leaf, 1);
  }

  #had(leaf: number): void {
    const { neighbour } = this;
    if (!neighbour || !this.#channel) return;
    const self = this.#self;
    const isNews = self.spread.announced(neighbour, leaf);
    self.scheduler.acknowledged(this.#line, this.#channel, leaf);
    if (isNews) self.requester.offered(neighbour, leaf);
    if (neighbour.isWhole) self.dropUseless();
    self.serve();
  }

  #isWholeNow(): void {
    const { neighbour } = this;
    if (!neighbour) return;
    for (let leaf = 0; leaf < this.#self.leaves; leaf += 1) this.#self.spread.announced(neighbour, leaf);
    this.#self.requester.room(neighbour);
    this.#tellAll();
    this.#self.dropUseless();
  }

  /** What a neighbour was not told while it had that itself it has to know as a seed. */
  #tellAll(): void {
    const has = this.#self.requester.have.toBitfield();
    this.#tell(SMALL + has.bytes.byteLength, (other) => {
      const { neighbour } = other;
      if (neighbour) for (const leaf of has) other.#self.spread.announced(neighbour, leaf);
    });
  }

  /** One whole holder gives this leaf: the others need not. */
  claim(leaf: number): void {
    const self = this.#self;
    if (!self.options.claims || !this.neighbour?.isWhole) return;
    for (const link of self.links.values()) {
      if (link === this || !link.neighbour?.isWhole) continue;
      link.#tell(SMALL, (other) => {
        if (other.neighbour) other.#self.spread.claimed(other.neighbour, leaf, self.clock.monotonic());
      });
    }
  }
}
